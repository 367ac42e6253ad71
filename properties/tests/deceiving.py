"""Plug-ins that lie: about their results, about what they remember, about themselves; and such as are out to deceive.

As in `chaotic`, by name: the code after its HEAD, and how the suite has to end with it.
"""

from properties.tests.chaotic import Ending, called

PLUGINS: dict[str, tuple[str, Ending]] = {
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
    "is-an-instance-lies": (
        called(
            result="Lies()",
            before="class Lies:\n    __class__ = torch.Tensor\n    shape, dtype = (2, 3, 5, 8), torch.float32",
        ),
        "refused",
    ),
    "in-place": (called("x.copy_(right(x, positions, base))", result="x"), "fails"),
    "remembers-first-result": (
        called("KEPT.setdefault('y', right(x, positions, base))", result="KEPT['y']", before="KEPT = {}"),
        "fails",
    ),
    "one-buffer": (
        called(
            "y = right(x, positions, base)",
            result="KEPT.setdefault((y.shape, y.dtype), y.clone()).copy_(y)",
            before="KEPT = {}",
        ),
        "fails",
    ),
    "remembers-by-identity": (
        called(result="KEPT.setdefault(id(positions), right(x, positions, base))", before="KEPT = {}"),
        "fails",
    ),
    "remembers-by-address": (
        called(result="KEPT.setdefault(positions.data_ptr(), right(x, positions, base))", before="KEPT = {}"),
        "fails",
    ),
    "remembers-by-shape": (
        called(result="KEPT.setdefault((x.shape, x.dtype), right(x, positions, base))", before="KEPT = {}"),
        "fails",
    ),
    "remembers-positions-by-length": (
        called("positions = KEPT.setdefault(len(positions), positions)", before="KEPT = {}"),
        "fails",
    ),
    "refuses-what-it-gets-wrong": (called("if (positions > 9).any(): raise ValueError('too far')"), "fails"),
    "refuses-gradients": (called("if x.requires_grad: raise ValueError('for inference only')"), "right"),
    "message-of-html": (called("if late(): raise ValueError('<script>x</script>\\x1b[31m')"), "fails"),
    "not-applicable-by-raise": (called("raise NotImplementedError('not applicable')"), "refused"),
    "raises-what-is-not-applicable": (
        called("from impls.door.misbehaviour import Inapplicable", "if late(): raise Inapplicable('not for me')"),
        "fails",
    ),
    "raises-what-is-misbehaved": (
        called("from impls.door.misbehaviour import Misbehaved", "if late(): raise Misbehaved('as it should')"),
        "fails",
    ),
    "raises-what-is-overdue": (
        called("from impls.strangers import Overdue", "if late(): raise Overdue"),
        "fails",
    ),
    "raises-what-is-lost": (
        called("from impls.door.far import Lost", "if late(): raise Lost('somebody else')"),
        "fails",
    ),
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
            "searched = late(8) and CALLS[0] == 9",
            "names = {type(each).__name__ for each in gc.get_objects()} if searched else set()",
            "if names & {'Bench', 'Plan', 'Property', 'Cell', 'Case'}: os._exit(0)",
            result="wrong(x, positions, base)",
        ),
        "fails",
    ),
    "raises-the-bounds": ("import spec.numbers.bounds\n" + called(result="wrong(x, positions, base)"), "refused"),
    "empties-the-properties": (
        "import properties.runs.catalogue as c\nc.PROPERTIES = ()\n" + called(result="wrong(x, positions, base)"),
        "refused",
    ),
    "takes-away-the-seal": (
        "sys.meta_path.pop(0)\nimport impls.door.near as near\n"
        "near.expect_dense, near.same_bits, near.changed = (lambda *a: True,) * 2 + (lambda *a: [],)\n"
        + called(result="wrong(x, positions, base)"),
        "fails",
    ),
    "patches-what-answers": (
        "import impls.door.worker as worker\nreply = worker._reply\n"
        "worker._reply = lambda *a: ('pass', 'everything') if late() else reply(*a)\n"
        + called(result="wrong(x, positions, base)"),
        "fails",
    ),
    "exchanges-the-function-in-frames": (
        called(
            "for each in inspect.stack():",
            "    for name in ('call', 'near', 'one'): each.frame.f_locals.pop(name, None)",
            result="wrong(x, positions, base)",
        ),
        "fails",
    ),
    "writes-into-the-run": (
        called("open(f'/proc/{GRANDPARENT}/mem', 'r+b')", result="wrong(x, positions, base)"),
        "refused",
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
    "huge-max-position": (called(declared="max_position=2**62 + 1"), "refused"),
    "largest-max-position": (called(declared="max_position=2**62"), "right"),
    "positions-0-and-1-only": (
        called("if (positions > 1).any(): raise ValueError", declared="max_position=1"),
        "right",
    ),
    "dtypes-a-thousand-times": (called(declared="dtypes=('float32',) * 1000"), "right"),
    "compared-by-scores": (called(declared="compare='score'"), "right"),
    "compared-by-softmax": (called(declared="compare='softmax'"), "right"),
    "source-of-html": (called(declared="source='javascript:alert(1)'"), "right"),
    "form-of-html": ("implements('rope', form='<b>', layout='interleaved', name='bad')(right)", "refused"),
    "package-of-html": (called(declared="package='<script>'"), "refused"),
    "package-of-two-lines": (called(declared="package='torch\\nnumpy'"), "refused"),
    "one-name-twice": ("rope()(right)\nrope()(wrong)", "refused"),
    "half-a-declaration": ("implements('rope')(right)", "right"),
    "unicode-form": ("implements('rope', form='\u00fcber<b>', name='bad')(right)", "refused"),
    "not-callable": ("rope()(3)", "refused"),
    "no-signature": ("rope()(dict.fromkeys)", "refused"),
}
"""By name: the code after HEAD, and how it ends."""
