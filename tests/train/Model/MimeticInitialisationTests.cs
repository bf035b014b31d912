using MhcPipeline.Core;
using MhcPipeline.Train.Model;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Model;

public sealed class MimeticInitialisationTests
{
    private static readonly ModelConfig _config = TinyModel.Config() with { HiddenSize = 64, NumAttentionHeads = 2, NumKeyValueHeads = 1, VocabSize = 200, TieWordEmbeddings = true };

    [Fact]
    public void Keys_resemble_the_queries_that_they_serve_and_outputs_undo_values()
    {
        using LanguageModel model = Create();
        using var scope = NewDisposeScope();
        Tensor q = Data(model, "model.layers.1.self_attn.q_proj.weight"), k = Data(model, "model.layers.1.self_attn.k_proj.weight");
        Tensor v = Data(model, "model.layers.1.self_attn.v_proj.weight"), output = Data(model, "model.layers.1.self_attn.o_proj.weight");
        Tensor query = q.narrow(0, 0, 32);
        double likeness = ((query * k).sum() / (query.norm() * k.norm())).ToDouble();
        Assert.InRange(likeness, 0.6, 0.8);
        Numbers.Close(Numbers.Of(v.t().contiguous()), Numbers.Of(output.narrow(1, 0, 32).contiguous()), 0, "first head");
        Numbers.Close(Numbers.Of(v.t().contiguous()), Numbers.Of(output.narrow(1, 32, 32).contiguous()), 0, "second head");
    }

    [Fact]
    public void Head_0_of_the_first_layer_attends_to_the_previous_token()
    {
        using LanguageModel model = Create();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor x = Data(model, "model.embed_tokens.weight").narrow(0, 0, 24); // 24 different tokens in a row
        x = x / x.square().mean([1L], keepdim: true).sqrt();
        Tensor q = Rotated(x.matmul(Data(model, "model.layers.0.self_attn.q_proj.weight").narrow(0, 0, 32).t()));
        Tensor k = Rotated(x.matmul(Data(model, "model.layers.0.self_attn.k_proj.weight").narrow(0, 0, 32).t()));
        float[] scores = Numbers.Of((q.matmul(k.t()) / Math.Sqrt(32)).contiguous());
        int local = Enumerable.Range(1, 23).Count(position => Enumerable.Range(0, position + 1).MaxBy(other => scores[(position * 24) + other]) == position - 1);
        Assert.InRange(local, 20, 23); // the tokens' own parts add noise to the scores
    }

    [Fact]
    public void The_first_loss_is_that_of_a_uniform_guess()
    {
        using LanguageModel model = Create();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        long[] ids = TinyModel.Tokens(33, vocabulary: 200);
        double loss = model.Loss(tensor(ids[..32], [1, 32]), tensor(ids[1..], [1, 32])).ToDouble() / 32;
        Assert.InRange(loss, Math.Log(200) - 0.5, Math.Log(200) + 1.5);
    }

    private static LanguageModel Create()
    {
        var model = new LanguageModel(_config, CPU);
        model.Initialise(1, mimetic: true);
        return model;
    }

    private static Tensor Data(LanguageModel model, string name) => model.Parameters.Part(model.Parameters.Data, name);

    /// <summary>Hugging Face's rotary embedding of [S,D], pair (i, i + D/2) turned by position * theta^(-2i/D).</summary>
    private static Tensor Rotated(Tensor x)
    {
        int length = (int)x.shape[0], width = (int)x.shape[1], half = width / 2;
        float[] values = Numbers.Of(x.contiguous()), turned = new float[values.Length];
        for (int s = 0; s < length; s++)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = s * Math.Pow(_config.RopeTheta, -2.0 * i / width);
                double a = values[(s * width) + i], b = values[(s * width) + i + half];
                turned[(s * width) + i] = (float)((a * Math.Cos(angle)) - (b * Math.Sin(angle)));
                turned[(s * width) + i + half] = (float)((b * Math.Cos(angle)) + (a * Math.Sin(angle)));
            }
        }
        return tensor(turned, [length, width]);
    }
}
