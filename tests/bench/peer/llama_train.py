"""The model of connection `residual` in plain PyTorch: the other side of `make bench NAME=training`.

A Llama (RMSNorm, rotate-half RoPE, causal attention, SwiGLU) trained with AdamW on random tokens, eager, on the CPU, written as one writes
it in PyTorch today. It obeys lines on standard input, so that two programs can take turns in one run: `run N` takes N optimizer steps and
answers with the seconds that they took.
"""
import argparse
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F


class RMSNorm(nn.Module):
    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotate(x, cos, sin):  # x: (B, H, S, D); cos, sin: (S, D)
    x1, x2 = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-x2, x1), dim=-1) * sin


class Attention(nn.Module):
    def __init__(self, width, heads, block):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.register_buffer("future", torch.ones(block, block, dtype=torch.bool).triu(1), persistent=False)

    def forward(self, x, cos, sin):
        b, s, c = x.shape
        q, k, v = (y.view(b, s, self.heads, c // self.heads).transpose(1, 2) for y in self.qkv(x).split(c, dim=2))  # (B, H, S, D)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if hasattr(F, "scaled_dot_product_attention"):  # PyTorch 2 on
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1)) * (q.shape[-1] ** -0.5)
            y = scores.masked_fill(self.future[:s, :s], float("-inf")).softmax(-1) @ v
        return self.out(y.transpose(1, 2).reshape(b, s, c))


class SwiGLU(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.gate = nn.Linear(width, inner, bias=False)
        self.up = nn.Linear(width, inner, bias=False)
        self.down = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.norm1, self.attention = RMSNorm(o.hidden), Attention(o.hidden, o.heads, o.block)
        self.norm2, self.mlp = RMSNorm(o.hidden), SwiGLU(o.hidden, o.intermediate)

    def forward(self, x, cos, sin):
        x = x + self.attention(self.norm1(x), cos, sin)
        return x + self.mlp(self.norm2(x))


class Llama(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.embed = nn.Embedding(o.vocabulary, o.hidden)
        self.blocks = nn.ModuleList(Block(o) for _ in range(o.layers))
        self.norm = RMSNorm(o.hidden)
        self.head = nn.Linear(o.hidden, o.vocabulary, bias=False)
        width = o.hidden // o.heads
        angles = torch.outer(torch.arange(o.block).float(), 10000.0 ** (-torch.arange(0, width, 2).float() / width)).repeat(1, 2)  # (S, D)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, targets):
        x = self.embed(ids)
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, cos, sin)
        return F.cross_entropy(self.head(self.norm(x)).view(-1, self.head.out_features), targets.view(-1))


def blas():
    """The library that does the products: Debian's torch takes whichever is installed, and the plainest is forty times slower."""
    torch.ones(2, 2) @ torch.ones(2, 2)
    maps = Path("/proc/self/maps")
    loaded = {Path(line.split()[-1]).name for line in maps.read_text().splitlines() if line} if maps.exists() else set()
    return ", ".join(sorted(name for name in loaded if "blas" in name)) or "its own BLAS"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("layers", "hidden", "heads", "intermediate", "vocabulary", "block", "batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as PyTorch chooses")
    for name in ("learning-rate", "weight-decay", "beta1", "beta2", "clip"):
        parser.add_argument(f"--{name}", type=float, required=True)
    o = parser.parse_args()

    if o.threads:
        torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    model = Llama(o)
    groups = [
        {"params": [p for p in model.parameters() if p.dim() == 2], "weight_decay": o.weight_decay},
        {"params": [p for p in model.parameters() if p.dim() != 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=o.learning_rate, betas=(o.beta1, o.beta2))

    def step():
        tokens = torch.randint(o.vocabulary, (o.batch, o.block + 1))
        loss = model(tokens[:, :-1], tokens[:, 1:].contiguous())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), o.clip)
        optimizer.step()
        return loss.item()  # as a training loop that shows its loss does

    print(f"ready PyTorch {torch.__version__} with {blas()}, {torch.get_num_threads()} threads, {sum(p.numel() for p in model.parameters())} parameters", flush=True)
    for line in sys.stdin:
        command, count = line.split()
        assert command == "run", line
        started = time.perf_counter()
        for _ in range(int(count)):
            step()
        print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()
