"""Plug-ins that crash, hang, lie, leak and deceive: what each does, and how the suite has to end with it.

`PLUGINS` is by name: the code of a file after HEAD, and what is found, which is one of

    "lost"      the process ended or had to be ended: errors, and none of what was not answered passes
    "fails"     it is told what is wrong: a failure, never an error of the suite
    "refused"   it cannot be imported or called, in one sentence
    "leaks"     right values, and `settings-kept` tells what was changed
    "right"     harmless: everything passes
"""

from typing import Literal

Ending = Literal["lost", "fails", "refused", "leaks", "right"]

HEAD = """
import atexit, ctypes, gc, inspect, os, re, resource, signal, sys, threading, time, warnings
import numpy as np
import torch
from impls import implements

CALLS = [0]


def right(x, positions, base=10000.0):
    theta = base ** (-torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1])
    angle = positions.double()[:, None] * theta
    c, s = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * c - b * s, b * c + a * s], dim=-1).flatten(-2)


def wrong(x, positions, base=10000.0):
    return right(x, positions + 0.25, base)


def late(calls=40):
    CALLS[0] += 1
    return CALLS[0] > calls


def rope(**declared):
    return implements("rope", form="plain", layout="interleaved", name="bad", **declared)

"""


def called(*lines: str, result: str = "right(x, positions, base)", declared: str = "", before: str = "") -> str:
    """A plug-in whose function does this before it returns a result."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{before}\n@rope({declared})\ndef bad(x, positions, *, base=10000.0):\n{body}    return {result}\n"


PLUGINS: dict[str, tuple[str, Ending]] = {
    # processes that end
    "os-exit": (called("os._exit(0)"), "refused"),
    "os-exit-late": (called("if late(): os._exit(0)"), "lost"),
    "segfault": (called("ctypes.string_at(0)"), "refused"),
    "segfault-late": (called("if late(): ctypes.string_at(0)"), "lost"),
    "abort": (called("if late(): os.abort()"), "lost"),
    "sigkill-self": (called("if late(): os.kill(os.getpid(), signal.SIGKILL)"), "lost"),
    "sigterm-self": (called("if late(): os.kill(os.getpid(), signal.SIGTERM)"), "lost"),
    "sigint-self": (called("if late(): os.kill(os.getpid(), signal.SIGINT)"), "lost"),
    "stopped-by-signal": (called("if late(): os.kill(os.getpid(), signal.SIGSTOP)"), "lost"),
    "kills-its-group": (called("if late(): os.killpg(0, signal.SIGKILL)"), "lost"),
    "os-exit-at-import": ("os._exit(0)", "refused"),
    "segfault-at-import": ("ctypes.string_at(0)", "refused"),
    "keyboard-interrupt": (called("if late(): raise KeyboardInterrupt"), "fails"),
    "keyboard-interrupt-at-import": ("raise KeyboardInterrupt", "refused"),
    "sys-exit": (called("sys.exit(0)"), "refused"),
    "sys-exit-late": (called("if late(): sys.exit(0)"), "fails"),
    "sys-exit-at-import": ("sys.exit(0)", "refused"),
    "generator-exit": (called("if late(): raise GeneratorExit"), "fails"),
    "closes-all-files": (called("if late(): os.closerange(3, 4096)"), "lost"),
    "fds-1-2-closed": (called("os.closerange(1, 3)"), "right"),
    # loops that never end
    "plain-loop": (called("while late(): pass"), "lost"),
    "c-loop": (called("if late(): sum(iter(int, 1))"), "lost"),
    "libc-sleep-blocked": (
        called("if late(): signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); ctypes.CDLL(None).sleep(10**6)"),
        "lost",
    ),
    "ignores-alarm": (called("signal.signal(signal.SIGALRM, signal.SIG_IGN)", "while late(): pass"), "lost"),
    "stops-timer": (called("signal.setitimer(signal.ITIMER_REAL, 0)", "while late(): pass"), "lost"),
    "regex": (called("if late(): re.match(r'(a+)+$', 'a' * 60 + 'b')"), "lost"),
    "swallows-everything": (
        called("while late():", "    try:", "        while True: pass", "    except BaseException: pass"),
        "lost",
    ),
    "hangs-on-ones": (called("while bool((x == 1).all()): pass"), "right"),
    "deadlock": (called("if late(): lock = threading.Lock(); lock.acquire(); lock.acquire()"), "lost"),
    "loop-at-import": ("while True: pass", "refused"),
    "thread-never-ends": (called("threading.Thread(target=time.sleep, args=(10**6,)).start()"), "right"),
    # what there is little of
    "memory-bomb": (called("if late(): hold = [np.empty(2**30) for _ in range(1000)]"), "fails"),
    "torch-memory-bomb": (called("if late(): hold = torch.ones(2**40)"), "fails"),
    "memory-error": (called("if late(): raise MemoryError"), "fails"),
    "recursion": (called("if late(): return bad(x, positions, base=base)"), "fails"),
    "recursion-limit": (called("sys.setrecursionlimit(2000)"), "right"),
    "forks": (called("os.fork()"), "lost"),
    "forks-and-exits": (called("if late() and os.fork(): os._exit(3)"), "lost"),
    "files": (called("bad.kept = getattr(bad, 'kept', []) + [open(os.devnull) for _ in range(50)]"), "fails"),
    "stdout-flood": (called("print('x' * 10**6)", "print('y' * 10**6, file=sys.stderr)"), "right"),
    "stdout-closed": (called("sys.stdout.close() if not sys.stdout.closed else None"), "right"),
    "giant-message": (called("raise ValueError('m' * 10**7)"), "refused"),
    # settings of the process
    "cos-at-import": (
        called(before="cos = torch.cos\ntorch.cos = lambda x: cos(x) + 0.1"),
        "leaks",
    ),
    "tensor-cos-at-import": (
        called(before="cos = torch.Tensor.cos\ntorch.Tensor.cos = lambda x: cos(x) + 0.1"),
        "fails",
    ),
    "equal-at-import": (called(before="torch.equal = lambda *x: True"), "leaks"),
    "isfinite-at-import": (called(before="torch.isfinite = lambda x: x == x"), "leaks"),
    "numpy-abs": (called(before="np.abs = lambda x: 0"), "leaks"),
    "builtins-all": (called(before="import builtins\nbuiltins.all = lambda x: True"), "leaks"),
    "default-dtype": (called("torch.set_default_dtype(torch.float64)"), "leaks"),
    "default-dtype-half": (called("torch.set_default_dtype(torch.float16)"), "leaks"),
    "default-device-meta": (called("torch.set_default_device('meta')"), "refused"),
    "gradients-off": (called("torch.set_grad_enabled(False)"), "fails"),
    "threads": (called("torch.set_num_threads(2)"), "leaks"),
    "random-numbers": (called("torch.manual_seed(0)"), "right"),
    "flush-denormal": (called("torch.set_flush_denormal(True)"), "leaks"),
    "deterministic": (called("torch.use_deterministic_algorithms(True)"), "leaks"),
    "numpy-errors": (called("np.seterr(all='raise')"), "leaks"),
    "warnings-as-errors": (called("warnings.simplefilter('error')"), "right"),
    "warns": (called("warnings.warn('look')"), "right"),
    "working-directory": (called("os.chdir('/')"), "leaks"),
    "environment": (called("os.environ.clear(); os.umask(0o777)"), "right"),
    "traces": (called("sys.settrace(lambda *a: None)"), "leaks"),
    "deletes-itself": (called("os.path.exists(__file__) and os.unlink(__file__)"), "right"),
    "frozen-time": (called(before="time.perf_counter = time.monotonic = time.time = lambda: 0.0"), "right"),
    "modules-gone": (
        called("for name in list(sys.modules): name.startswith('torch') and sys.modules.pop(name)"),
        "lost",
    ),
    # lies about results
    "raises-badly": (
        called(
            "raise Bad",
            before="class Bad(Exception):\n    def __str__(self): raise ValueError('no text')",
        ),
        "refused",
    ),
    "surrogates": (called("raise ValueError('\\ud800 <script>')"), "refused"),
    "subclass-lies": (
        called(
            result="wrong(x, positions, base).as_subclass(Lies)",
            before=(
                "class Lies(torch.Tensor):\n"
                "    def numpy(self): return np.zeros(self.shape)\n"
                "    def __eq__(self, other): return torch.ones(self.shape, dtype=bool)"
            ),
        ),
        "fails",
    ),
    "result-with-a-pickle": (
        called(
            result="Evil()",
            before="class Evil:\n    def __reduce__(self): return os._exit, (0,)",
        ),
        "refused",
    ),
    "default-with-a-pickle": (
        "class Evil:\n    def __reduce__(self): return os._exit, (0,)\n    def __repr__(self): raise ValueError\n"
        "@rope()\ndef bad(x, positions, *, base=10000.0, more=Evil()):\n    return wrong(x, positions, base)\n",
        "fails",
    ),
    "in-place": (called("x.copy_(right(x, positions, base))", result="x"), "fails"),
    "remembers-first-result": (
        called("KEPT.setdefault('y', right(x, positions, base))", result="KEPT['y']", before="KEPT = {}"),
        "fails",
    ),
    "not-applicable-by-raise": (called("raise NotImplementedError('not applicable')"), "refused"),
    # deceivers: wrong, and out to be called right
    "looks-at-the-stack": (
        called(
            "suite = any('bench' in f.filename or 'checks' in f.filename for f in inspect.stack())",
            result="right(x, positions, base) if suite else wrong(x, positions, base)",
        ),
        "fails",
    ),
    "calls-the-reference": (
        called("from impls.forms.rope import complex_product", result="complex_product(x, positions, base=base)"),
        "refused",
    ),
    "imports-the-truth": ("from spec import ENCODINGS\n" + called(result="wrong(x, positions, base)"), "refused"),
    "imports-the-bench": (
        "import properties.runs.bench as bench\nbench.Bench.cell = lambda self, *a: None\n"
        + called(result="wrong(x, positions, base)"),
        "refused",
    ),
    "looks-for-the-bench": (
        called(
            "for each in gc.get_objects():",
            "    if type(each).__name__ in ('Bench', 'Plan', 'Property', 'Cell', 'Case'): os._exit(0)",
            result="wrong(x, positions, base)",
        ),
        "lost",
    ),
    "answers-itself": (
        called(
            "for each in gc.get_objects():",
            "    if type(each).__name__ == 'Connection' and each.writable: each.send_bytes(b'[\"answer\"]')",
            result="wrong(x, positions, base)",
        ),
        "refused",
    ),
    "rewrites-reports-at-exit": (
        called(
            result="wrong(x, positions, base)",
            before="atexit.register(lambda: open('report.json', 'w').write('{}'))",
        ),
        "fails",
    ),
    "knows-the-smoke": (
        called(result="right(x, positions, base) if not late(8) else wrong(x, positions, base)"),
        "fails",
    ),
    # declarations
    "nan-parameter": (called(declared="parameters={'base': float('nan')}"), "refused"),
    "infinite-parameter": (called(declared="parameters={'base': float('inf')}"), "refused"),
    "true-max-position": (called(declared="max_position=True"), "refused"),
    "object-as-name": (
        "implements('rope', form='plain', layout='interleaved', name=type('S', (str,), {})('bad'))(right)",
        "refused",
    ),
    "half-a-declaration": ("implements('rope')(right)", "refused"),
    "unicode-form": ("implements('rope', form='\u00fcber<b>', name='bad')(right)", "refused"),
    "not-callable": ("rope()(3)", "refused"),
    "no-signature": ("rope()(dict.fromkeys)", "refused"),
}
"""By name: the code after HEAD, and how it ends."""
