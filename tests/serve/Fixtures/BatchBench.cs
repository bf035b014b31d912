using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Output;
using MhcPipeline.Engine.Sampling;
using MhcPipeline.Engine.Scheduling;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>A batch over a <see cref="HistoryModel"/>, driven round by round without a thread.</summary>
internal sealed class BatchBench
{
    private static readonly TextTokenizer _tokenizer = ByteTokenizer.Create();
    private readonly RequestQueue _queue = new(1000);
    private readonly EngineCounters _counters = new();
    private readonly SamplingWorkspace _workspace = new(ScriptedModel.Vocab);

    public BatchBench(int slots, EngineOptions options)
    {
        Model = new HistoryModel(slots, maxContext: 40);
        var answer = new AnswerStep(Model.VocabSize, Model.VocabSize, Model.MaxContext, new HashSet<int> { _tokenizer.EndOfTextId }, prompt => prompt.Select(token => $"{(char)token}"), text => [.. text.Select(one => (int)one)], _counters);
        Batch = new Batch(Model, _queue, answer, _counters, options);
    }

    public HistoryModel Model { get; }

    public Batch Batch { get; }

    public List<BatchText> Texts { get; } = [];

    public EngineStatistics Statistics => _counters.Read();

    public void Join(int[] prompt, int most, bool echo)
    {
        prompt = [.. prompt.Take(Model.MaxContext - 1)];
        var request = new GenerationRequest { Prompt = prompt, MaxTokens = most, Echo = echo, LogProbs = echo ? 0 : null };
        var cancellation = new CancellationTokenSource();
        var sequence = new Sequence(request, new Sampler(request.Sampling, prompt, _workspace), new OutputAssembler(_tokenizer.CreateStreamingDecoder(), []), cancellation.Token);
        _queue.Add([sequence]);
        Texts.Add(new BatchText(sequence, cancellation));
    }

    /// <summary>Goes on until every text has ended.</summary>
    public void Finish()
    {
        while (Batch.Count > 0 || _queue.Count > 0)
        {
            Batch.Round();
        }
    }
}
