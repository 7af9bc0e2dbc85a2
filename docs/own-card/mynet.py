"""A small library: a straight line through points, found by gradient descent."""


class Line:
    def __init__(self, lr=0.05, epochs=20):
        self.lr, self.epochs = lr, epochs

    def fit(self, x, y, held_out=None):
        self.slope = self.height = 0.0
        self.history = {"train.loss": []} | ({"validation.loss": []} if held_out else {})
        for epoch in range(self.epochs):
            errors = [guess - true for guess, true in zip(self.predict(x), y)]
            self.slope -= self.lr * sum(e * each for e, each in zip(errors, x)) / len(x)
            self.height -= self.lr * sum(errors) / len(x)
            self.history["train.loss"].append(self.loss(x, y))
            if held_out:
                self.history["validation.loss"].append(self.loss(*held_out))
            self.epoch_ended(epoch)
        return self

    def epoch_ended(self, epoch):
        """Nothing to do here; a subclass may."""

    def predict(self, x):
        return [self.slope * each + self.height for each in x]

    def loss(self, x, y):
        return sum((guess - true) ** 2 for guess, true in zip(self.predict(x), y)) / len(x)
