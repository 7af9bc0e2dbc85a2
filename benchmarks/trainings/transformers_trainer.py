"""A tiny BERT, trained by Hugging Face's Trainer on made lines of tokens."""

from __future__ import annotations

import tempfile

from transformers import (
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)

import torch

BEAT = "torch.nn:Module.zero_grad"


class Lines(torch.utils.data.Dataset):
    def __init__(self, count: int, seed: int) -> None:
        drawn = torch.Generator().manual_seed(seed)
        self.ids = torch.randint(0, 100, (count, 16), generator=drawn)
        self.labels = (self.ids.sum(1) > 790).long()

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, at: int) -> dict[str, torch.Tensor]:
        return {"input_ids": self.ids[at], "labels": self.labels[at]}


def train(size: int = 1) -> bytes:
    torch.set_num_threads(1)
    set_seed(7)
    config = BertConfig(
        vocab_size=100,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=16,
    )
    model = BertForSequenceClassification(config)
    with tempfile.TemporaryDirectory() as folder:
        args = TrainingArguments(
            output_dir=folder,
            num_train_epochs=2 * size,
            per_device_train_batch_size=16,
            learning_rate=1e-3,
            logging_steps=10,
            eval_strategy="epoch",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            seed=7,
        )
        trainer = Trainer(
            model, args, train_dataset=Lines(320, 0), eval_dataset=Lines(64, 1)
        )
        trainer.train()
    return b"".join(each.numpy().tobytes() for each in model.state_dict().values())


if __name__ == "__main__":
    print(len(train()))
