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


class Backward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, positions, base, then):
        ctx.then = then
        return right(x, positions, base)

    @staticmethod
    def backward(ctx, upstream):
        ctx.then()


PARENT = os.getppid()
GRANDPARENT = int(open(f"/proc/{PARENT}/stat").read().split()[3])


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
    "ends-the-suite": (called("if late(): os.kill(PARENT, signal.SIGTERM)"), "fails"),
    "ends-the-run": (called("if late(): os.kill(GRANDPARENT, signal.SIGKILL)"), "fails"),
    "ends-at-exit": (called(before="atexit.register(os._exit, 7)"), "right"),
    "ends-in-backward": (called(result="Backward.apply(x, positions, base, lambda: os._exit(0))"), "lost"),
    "raises-in-backward": (called(result="Backward.apply(x, positions, base, lambda: 1 / 0)"), "fails"),
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
    "loops-at-exit": (called(before="atexit.register(lambda: [None for _ in iter(int, 1)])"), "right"),
    "loops-in-backward": (called(result="Backward.apply(x, positions, base, lambda: sum(iter(int, 1)))"), "lost"),
    "loops-in-a-thread": (called("threading.Thread(target=right, args=(x, positions)).start()"), "right"),
    "slow": (called("time.sleep(0.002)"), "right"),
    # what there is little of
    "memory-bomb": (called("if late(): hold = [np.empty(2**30) for _ in range(1000)]"), "fails"),
    "torch-memory-bomb": (called("if late(): hold = torch.ones(2**40)"), "fails"),
    "memory-error": (called("if late(): raise MemoryError"), "fails"),
    "recursion": (called("if late(): return bad(x, positions, base=base)"), "fails"),
    "recursion-limit": (called("sys.setrecursionlimit(2000)"), "right"),
    "recursion-limit-of-50": (called("sys.setrecursionlimit(50)"), "fails"),
    "recursion-in-c": (
        called("if late(): sys.setrecursionlimit(10**9); deep = lambda _=0: sorted([0], key=deep); deep()"),
        "lost",
    ),
    "forks": (called("os.fork()"), "lost"),
    "forks-and-exits": (called("if late() and os.fork(): os._exit(3)"), "lost"),
    "files": (called("bad.kept = getattr(bad, 'kept', []) + [open(os.devnull) for _ in range(50)]"), "fails"),
    "threads-without-end": (
        called("for _ in range(99): threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()"),
        "fails",
    ),
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
    "builtins-all": (called(before="import builtins\nbuiltins.all = lambda x: True"), "fails"),
    "default-dtype": (called("torch.set_default_dtype(torch.float64)"), "leaks"),
    "default-dtype-half": (called("torch.set_default_dtype(torch.float16)"), "leaks"),
    "default-device-meta": (called("torch.set_default_device('meta')"), "refused"),
    "gradients-off": (called("torch.set_grad_enabled(False)"), "fails"),
    "inference-mode": (called("bad.mode = torch.inference_mode()", "bad.mode.__enter__()"), "fails"),
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
}
"""By name: the code after HEAD, and how it ends."""
FENCED = ("ends-the-suite", "ends-the-run", "writes-into-the-run")
"""Those that would reach the run where the system cannot fence them in."""
