"""The code that the survey prints, in our own words: what is said here of each piece is what the original does."""

import math

import torch
from torch import nn

LN_BASE = math.log(10_000.0)


def attention_of_one_query(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Attention without a scale: query (1, d), keys and values (n, d) -> (1, d)."""
    return torch.softmax(query @ keys.T, dim=1) @ values


def div_term(dim: int) -> torch.Tensor:
    """The factors of the positions, shape (dim / 2,), by exponential and logarithm, in float32."""
    return torch.exp(torch.arange(0, dim, 2).float() * (-LN_BASE / dim))


def powers(dim: int) -> torch.Tensor:
    """10000^(2i/d), shape (dim / 2,): what the survey advises against."""
    return torch.pow(10_000.0, torch.arange(0, dim, 2).float() / dim)


def filled(codes: torch.Tensor, dim: int) -> torch.Tensor:
    """The table (n, dim) whose even and odd columns all hold the codes (n, 1)."""
    table = torch.zeros(len(codes), dim)
    table[:, 0::2] = codes
    table[:, 1::2] = codes
    return table


def integer_table(length: int, dim: int) -> torch.Tensor:
    """Every entry of row p is p."""
    return filled(torch.arange(length).unsqueeze(1), dim)


def normalised_table(length: int, dim: int) -> torch.Tensor:
    """Every entry of row p is p / length."""
    return filled(torch.arange(length).unsqueeze(1) / length, dim)


class PositionalEncoding(nn.Module):
    """The printed class: it initialises no module and has no dropout; its buffer has the length first."""

    pe: torch.Tensor
    dropout: nn.Module

    def __init__(self, dim: int, length: int) -> None:
        angles = torch.arange(length).float().unsqueeze(1) * div_term(dim)
        table = torch.stack((torch.sin(angles), torch.cos(angles)), dim=-1).flatten(1)
        self.register_buffer("pe", table.unsqueeze(0).transpose(0, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the table to x (batch, n, dim), and drop out."""
        added: torch.Tensor = self.dropout(x + self.pe[:, : x.size(1)].requires_grad_(False))
        return added


class Initialised(PositionalEncoding):
    """The printed class with the two missing lines, and nothing else put right."""

    def __init__(self, dim: int, length: int) -> None:
        nn.Module.__init__(self)
        self.dropout = nn.Identity()
        super().__init__(dim, length)
