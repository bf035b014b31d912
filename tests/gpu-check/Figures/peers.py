"""A site of mhc in PyTorch and in public fused kernels, timed by CUDA events, one pass at a time.

peers.py GPU TOKENS WIDTH. Says a line of JSON for each peer when it has run once (or why it does not run), then {"peer": "", "done": true};
then, for each line with a peer's name on standard input, the milliseconds of one forward and one backward pass.

The site stands between two sublayers: X' = write(X, F, post, comb), coefficients of X', u = sum_i pre_i X'_i. Streams are bf16 [T, n, C],
coefficients and parameters float32, 20 iterations, eps 1e-6 (arXiv 2512.24880, the forms of DeepSeek-V4).
"""
import json
import sys

N, ITERATIONS, EPS = 4, 20, 1e-6


def say(peer, **more):
    print(json.dumps({"peer": peer, **more}), flush=True)


try:
    import torch
except ImportError:
    say("pytorch", failure="python3 cannot import torch")
    say("", done=True)
    sys.exit(0)

if not torch.cuda.is_available():
    say("pytorch", failure="this torch finds no CUDA device")
    say("", done=True)
    sys.exit(0)

gpu, tokens, width = (int(argument) for argument in sys.argv[1:4])
device = torch.device("cuda", gpu)
torch.cuda.set_device(device)


def drawn(*shape, dtype=torch.float32, deviation=1.0, grad=True):
    return (torch.randn(*shape, device=device, dtype=torch.float32) * deviation).to(dtype).requires_grad_(grad)


def site(x, f, post, comb, fn, base, scale):
    """x [T,n,C], f [T,C], post [T,n], comb [T,n,n] -> X' [T,n,C], post', comb', u [T,C]."""
    written = (post.unsqueeze(-1) * f.float().unsqueeze(-2) + torch.einsum("tij,tic->tjc", comb, x.float())).to(x.dtype)
    flat = written.flatten(1).float()  # [T, nC]
    products = flat @ fn.t() * torch.rsqrt(flat.square().mean(-1, keepdim=True) + EPS)  # [T, (2+n)n]
    pre = torch.sigmoid(products[:, :N] * scale[0] + base[:N]) + EPS
    next_post = 2 * torch.sigmoid(products[:, N:2 * N] * scale[1] + base[N:2 * N])
    next_comb = torch.softmax((products[:, 2 * N:] * scale[2] + base[2 * N:]).view(-1, N, N), -1) + EPS
    next_comb = next_comb / (next_comb.sum(-2, keepdim=True) + EPS)
    for _ in range(ITERATIONS - 1):
        next_comb = next_comb / (next_comb.sum(-1, keepdim=True) + EPS)
        next_comb = next_comb / (next_comb.sum(-2, keepdim=True) + EPS)
    u = (pre.unsqueeze(-1) * written.float()).sum(-2).to(x.dtype)
    return written, next_post, next_comb, u


def liger():
    from liger_kernel.transformers.functional import liger_mhc_coeffs, liger_mhc_post_res, liger_mhc_pre

    def run(x, f, post, comb, fn, base, scale):
        written = liger_mhc_post_res(x, f, post, comb)
        pre, next_post, next_comb = liger_mhc_coeffs(written, fn.t(), base, scale[0], scale[1], scale[2], tmax=ITERATIONS, rms_eps=EPS, pre_eps=EPS, sinkhorn_eps=EPS)
        return written, next_post, next_comb, liger_mhc_pre(written, pre)

    return run


def tile_kernels():
    from tile_kernels.modeling.mhc.functional import mhc_pre
    from tile_kernels.modeling.mhc.ops.post import mhc_post

    def run(x, f, post, comb, fn, base, scale):  # a batch of one sequence
        written = mhc_post(f.unsqueeze(0), x.unsqueeze(0), post.unsqueeze(-1).unsqueeze(0), comb.unsqueeze(0))
        u, (next_post, next_comb) = mhc_pre(written, fn, scale, base, norm_eps=EPS, mhc_mult=N, post_mult_value=2.0, pre_eps=EPS, sinkhorn_eps=EPS, sinkhorn_repeat=ITERATIONS)
        return written, next_post, next_comb, u

    return run


def transformer_engine():
    from transformer_engine.pytorch.triton.mhc import mhc_fused_expand_combine, mhc_generate_mix_and_aggregate

    def run(x, f, post, comb, fn, base, scale):  # its streams stand last: [S, B, C, n]
        written = mhc_fused_expand_combine(f.unsqueeze(1), None, post.unsqueeze(1), x, comb.unsqueeze(1))
        u, next_post, next_comb = mhc_generate_mix_and_aggregate(written, fn, scale, base.unsqueeze(0))
        return written, next_post, next_comb, u

    run.streams_last = True
    return run


PEERS = {
    "pytorch eager": lambda: site,
    "pytorch compile": lambda: torch.compile(site),
    "liger_kernel": liger,
    "tile_kernels": tile_kernels,
    "transformer_engine": transformer_engine,
}


class Runner:
    """One peer's inputs and passes."""

    def __init__(self, function):
        self.function = function
        streams = (tokens, 1, width, N) if getattr(function, "streams_last", False) else (tokens, N, width)
        rows = (2 + N) * N
        self.inputs = [
            drawn(*streams, dtype=torch.bfloat16), drawn(tokens, width, dtype=torch.bfloat16), drawn(tokens, N, deviation=0.5), drawn(tokens, N, N, deviation=0.5),
            drawn(rows, N * width, deviation=(N * width) ** -0.5), drawn(rows), drawn(3),
        ]
        self.gradients = None

    def run(self):
        marks = [torch.cuda.Event(enable_timing=True) for _ in range(4)]
        marks[0].record()
        outputs = self.function(*self.inputs)
        marks[1].record()
        if self.gradients is None:
            self.gradients = [torch.randn_like(output) for output in outputs]
        marks[2].record()
        torch.autograd.grad(outputs, self.inputs, self.gradients)
        marks[3].record()
        torch.cuda.synchronize()
        return marks[0].elapsed_time(marks[1]), marks[2].elapsed_time(marks[3])


runners = {}
for name, make in PEERS.items():
    try:
        runner = Runner(make())
        for _ in range(2):
            runner.run()
        runners[name] = runner
        say(name)
    except ImportError:
        say(name, failure="not installed")
    except Exception as error:  # whatever a library or a compiler may raise: the others go on
        say(name, failure=f"does not run here: {type(error).__name__}: {str(error)[:300]}")
    torch.cuda.empty_cache()
say("", done=True)

for line in sys.stdin:
    name = line.strip()
    if name not in runners:
        break
    try:
        forward, backward = runners[name].run()
        say(name, forward_ms=forward, backward_ms=backward)
    except Exception as error:
        say(name, failure=f"does not run here: {type(error).__name__}: {str(error)[:300]}")
