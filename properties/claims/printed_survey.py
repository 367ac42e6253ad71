"""The code that the survey prints: quoted where a slip or a shape is judged, and in our own words elsewhere."""

import torch
from torch import nn

from properties.claims.printed import executed

POSITION = "position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)"
POSITION_OF_500 = (1, 500), (500, 1)
"""Of max_len = 500: the shape of the list [[0, 1, 2, ..., 499]] that is printed, and the size that is printed."""
DIV_TERM = "div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))"
CLASS = """
class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=5000):
        pe = table(max_len, d_model)
        pe = pe.unsqueeze(0).transpose(0, 1)
        self.register_buffer("pe", pe)
    def forward(self, x):
        x = x + self.pe[:, : x.size(1)].requires_grad_(False)
        return self.dropout(x)
"""
"""Every printed line that names `self`, and the one before; the table itself is put in by its name."""


def attention_of_one_query(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Attention without a scale: query (1, d), keys and values (n, d) -> (1, d)."""
    return torch.softmax(query @ keys.T, dim=1) @ values


def div_term(dim: int) -> torch.Tensor:
    """The factors of the positions, shape (dim / 2,), by exponential and logarithm, in float32."""
    found: torch.Tensor = executed(DIV_TERM, d_model=dim)["div_term"]
    return found


def position_column(length: int) -> torch.Tensor:
    """The positions that the factors are multiplied with, shape (length, 1)."""
    found: torch.Tensor = executed(POSITION, max_len=length)["position"]
    return found


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


def sinusoids(length: int, dim: int) -> torch.Tensor:
    """Sine and cosine of the positions times the factors in turn, shape (length, dim)."""
    angles = position_column(length) * div_term(dim)
    return torch.stack((torch.sin(angles), torch.cos(angles)), dim=-1).flatten(1)


def printed_class() -> type[nn.Module]:
    """The class, as it comes of its lines."""
    found: type[nn.Module] = executed(CLASS, table=sinusoids)["PositionalEncoding"]
    return found


def initialised(dim: int, length: int) -> nn.Module:
    """An instance of the printed class with the two missing lines put in, and nothing else put right."""
    kind = printed_class()
    module = kind.__new__(kind)
    nn.Module.__init__(module)
    module.dropout = nn.Identity()
    kind.__init__(module, d_model=dim, max_len=length)
    return module
