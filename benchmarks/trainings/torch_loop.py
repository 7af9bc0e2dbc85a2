"""A user's own loop in PyTorch: a small network, a scheduler, an evaluation at each epoch."""

from __future__ import annotations

from torch.utils.data import DataLoader, TensorDataset

import torch
from torch import nn

BEAT = "torch.optim:Optimizer.zero_grad"


def train(size: int = 1) -> bytes:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x = torch.randn(1024, 64)
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()
    training = DataLoader(TensorDataset(x[:768], y[:768]), batch_size=128, shuffle=True)
    validation = DataLoader(TensorDataset(x[768:], y[768:]), batch_size=256)
    model = nn.Sequential(
        nn.Linear(64, 512), nn.ReLU(), nn.Dropout(0.1),
        nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 2),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.5)
    loss_of = nn.CrossEntropyLoss()
    for _ in range(12 * size):
        model.train()
        for rows, labels in training:
            optimizer.zero_grad()
            loss = loss_of(model(rows), labels)
            loss.backward()
            optimizer.step()
        scheduler.step()
        model.eval()
        with torch.no_grad():
            for rows, labels in validation:
                loss_of(model(rows), labels)
    return b"".join(each.detach().numpy().tobytes() for each in model.parameters())
