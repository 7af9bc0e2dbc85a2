"""A loop of one's own over batches, with Hugging Face Accelerate."""

from __future__ import annotations

from accelerate import Accelerator
from accelerate.utils import set_seed

import torch

BEAT = "torch.optim:Optimizer.zero_grad"


def train(size: int = 1) -> bytes:
    torch.set_num_threads(1)
    set_seed(7)
    accelerator = Accelerator(cpu=True)
    accelerator.init_trackers("loop", config={"hidden": 512})
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 512), torch.nn.ReLU(), torch.nn.Linear(512, 512),
        torch.nn.ReLU(), torch.nn.Linear(512, 1),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)
    x = torch.randn(2048, 64)
    y = x[:, :5].sum(1, keepdim=True).sin()
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(x, y), batch_size=128, shuffle=True
    )
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    for epoch in range(2 * size):
        for inputs, targets in loader:
            loss = torch.nn.functional.mse_loss(model(inputs), targets)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
        accelerator.log({"train_loss": loss.item()}, step=epoch)
    accelerator.end_training()
    return b"".join(each.detach().numpy().tobytes() for each in model.state_dict().values())


if __name__ == "__main__":
    print(len(train()))
