using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static MhcPipeline.Compat.Tests.Torch.Tensors;
using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

public sealed class ForwardTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_product_of_two_matrices_has_the_hand_computed_values() =>
        Close([19, 22, 43, 50], tensor(new float[] { 1, 2, 3, 4 }, [2, 2]).matmul(tensor(new float[] { 5, 6, 7, 8 }, [2, 2])));

    [Fact]
    public void Operators_with_numbers_on_either_side_follow_arithmetic()
    {
        var x = tensor(new float[] { 1, 2, 4 });

        Close([3, 4, 6], x + 2);
        Close([1, 0, -2], 2 - x);
        Close([2, 1, 0.5f], 2.0 / x);
        Close([-0.5f, -1, -2], -x / 2);
        Close([1, 0, 0], x % 2);
        Close([1, 4, 16], x.square());
    }

    [Fact]
    public void In_place_operators_change_the_tensor_and_its_views()
    {
        var x = zeros(2, 2);
        var row = x[0];

        row.add_(1).mul_(3);
        x[1, 0] = tensor(7f);

        Close([3, 3, 7, 0], x);
    }

    [Fact]
    public void The_optimizers_fused_updates_have_their_definitions_values()
    {
        var x = tensor(new float[] { 1, 2 });

        Close([7, 14], x.addcmul(tensor(new float[] { 2, 3 }), tensor(new float[] { 3, 4 }), 1));
        Close([0, 1.25f], x.clone().addcdiv_(tensor(new float[] { 2, 3 }), tensor(new float[] { 1, 2 }), -0.5));
        Close([2, 4], x.lerp(tensor(new float[] { 5, 10 }), tensor(0.25f)));
    }

    [Fact]
    public void Softmax_matches_exponentials_over_their_sum()
    {
        float[] values = [0.5f, -1, 2];
        double sum = values.Sum(value => Math.Exp(value));

        Close([.. values.Select(value => (float)(Math.Exp(value) / sum))], tensor(values).softmax(0));
        Close([.. values.Select(value => (float)(value - Math.Log(sum)))], tensor(values).log_softmax(-1));
        Assert.Equal(Math.Log(sum), tensor(values).logsumexp(0).ToDouble(), 5);
    }

    [Fact]
    public void Cross_entropy_leaves_ignored_targets_out_of_the_mean()
    {
        var logits = tensor(new float[] { 1, 2, 0, 0, 3, 1 }, [2, 3]);
        double expected = Math.Log(Math.Exp(1) + Math.Exp(2) + 1) - 2;

        var loss = nn.functional.cross_entropy(logits, tensor(new long[] { 1, -100 }));

        Assert.Equal(expected, loss.ToDouble(), 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_matches_softmax_of_scaled_scores(bool causal)
    {
        manual_seed(3);
        var (q, k, v) = (randn(2, 3, 5, 4), randn(2, 3, 5, 4), randn(2, 3, 5, 4));
        var scores = q.matmul(k.transpose(-2, -1)) / 2;
        if (causal) scores = scores.masked_fill(ones(5, 5).tril().eq(0), float.NegativeInfinity);

        Close(Floats(scores.softmax(-1).matmul(v)), nn.functional.scaled_dot_product_attention(q, k, v, is_casual: causal));
    }

    [Fact]
    public void Einsum_contracts_the_named_dimensions()
    {
        manual_seed(5);
        var (a, b) = (randn(3, 4), randn(4, 5));

        Close(Floats(a.matmul(b)), einsum("ij,jk->ik", a, b));
    }

    [Fact]
    public void Views_split_and_join_without_changing_the_values()
    {
        var x = arange(24, dtype: float32).view(2, 3, 4);

        Close(Floats(x), cat(x.split(2, dim: 2), 2));
        Close(Floats(x), stack(x.unbind(1), 1));
        Close(Floats(x), cat(x.chunk(2, 0)));
        Assert.Equal([4, 2, 3], x.permute(2, 0, 1).shape);
        Assert.Equal([2, 12], x.flatten(1).shape);
        Assert.Equal([2, 1, 3, 4], x.unsqueeze(1).shape);
        Assert.False(x.transpose(0, 1).is_contiguous());
        Close(Floats(x.select(1, 2)), x.narrow(1, 2, 1).squeeze(1));
    }

    [Fact]
    public void Indexing_takes_numbers_ranges_ellipses_new_dimensions_and_masks()
    {
        var x = arange(24, dtype: float32).view(2, 3, 4);

        Close([12, 16, 20], x[1, .., 0]);
        Close([21, 22], x[1, ^1, 1..3]);
        Close([3, 7, 11, 15, 19, 23], x[TensorIndex.Ellipsis, -1]);
        Assert.Equal([2, 1, 3, 4], x[TensorIndex.Colon, TensorIndex.None].shape);
        Close([22, 23], x[x > 21]);
        Close([8, 9, 10, 11, 0, 1, 2, 3], x[0, TensorIndex.Tensor(tensor(new long[] { 2, 0 }))]);
    }

    [Fact]
    public void Selection_by_index_matches_the_rows_it_names()
    {
        var table = arange(6, dtype: float32).view(3, 2);
        var ids = tensor(new long[] { 2, 0, 2 });

        Close([4, 5, 0, 1, 4, 5], table.index_select(0, ids));
        Close([1, 2, 5], table.gather(1, tensor(new long[] { 1, 0, 1 }, [3, 1])).flatten());
        var (values, indices) = tensor(new float[] { 3, 9, 5 }).topk(2);
        Close([9, 5], values);
        Assert.Equal([1, 2], Longs(indices));
    }

    [Fact]
    public void Reductions_take_dimensions_and_keep_them_when_asked()
    {
        var x = arange(6, dtype: float32).view(2, 3);

        Close([3, 12], x.sum(1));
        Assert.Equal([2, 1], x.mean([1], keepdim: true).shape);
        Close([2, 5], x.amax(1));
        Close([3, 4, 5], x.max(0).values);
        Assert.Equal(5, x.argmax().ToInt64());
        Assert.Equal(Math.Sqrt(55), x.norm().ToDouble(), 4);
        Close([0, 1, 3, 3, 7, 12], x.cumsum(1));
        Assert.True(x.isfinite().all().ToBoolean());
        Assert.False((x / 0).isfinite().any().ToBoolean());
    }

    [Fact]
    public void Types_convert_and_are_checked_when_read()
    {
        var x = tensor(new float[] { 1.5f, -2.5f });

        Assert.Equal([1, -2], Longs(x.@long()));
        Assert.Equal(ScalarType.BFloat16, x.bfloat16().dtype);
        Assert.Equal(ScalarType.Float64, tensor(1.0).dtype);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        var mismatch = Assert.Throws<ArgumentException>(() => x.data<double>());
        Assert.Contains("Double is not compatible with Float32", mismatch.Message);
    }

    [Fact]
    public void Bytes_and_storage_show_the_tensors_own_memory()
    {
        var x = arange(8, dtype: float32);
        var half = x[4..];

        MemoryMarshal.Cast<byte, float>(x.bytes)[5] = 50;

        Close([4, 50, 6, 7], half);
        Assert.Equal(4, half.storage_offset());
        unsafe
        {
            Assert.Equal(50, ((float*)half.storage<float>().data_ptr())[half.storage_offset() + 1]);
        }
    }

    [Fact]
    public void Elements_of_a_transposed_tensor_are_read_in_its_own_order() =>
        Close([0, 3, 1, 4, 2, 5], arange(6, dtype: float32).view(2, 3).transpose(0, 1));

    [Fact]
    public void A_shape_mismatch_names_both_shapes()
    {
        var error = Assert.Throws<ExternalException>(() => zeros(2, 3).matmul(zeros(2, 3)));

        Assert.Contains("2x3", error.Message);
        Assert.DoesNotContain("Exception raised from", error.Message);
    }

    [Fact]
    public void A_disposed_tensor_says_so()
    {
        var x = zeros(2);
        x.Dispose();

        Assert.Contains("empty handle", Assert.Throws<InvalidOperationException>(() => x.sum()).Message);
    }
}
