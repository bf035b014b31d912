using MhcPipeline.Core.Corpus.Documents;
using MhcPipeline.Core.Corpus.Values;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Core.Corpus;

/// <summary>
/// Synthetic orders, invoices and support e-mails with questions and answers about them. Document i depends on the seed, the
/// options and i alone. Training and held-out documents share no value: names, companies, products, numbers, amounts, quantities
/// and dates are split by a hash of the value itself (<see cref="Partition"/>), whatever the seed.
/// </summary>
/// <param name="seed">Chooses the documents.</param>
/// <param name="options">Length and difficulty.</param>
public sealed class BusinessCorpus(ulong seed, CorpusOptions? options = null)
{
    private readonly CorpusOptions _options = Checked(options ?? new CorpusOptions());

    /// <summary>The first <paramref name="count"/> training conversations, made as they are read; each has up to <see cref="CorpusOptions.MaxTurns"/> questions.</summary>
    public IEnumerable<CorpusItem> Training(int count) => Enumerable.Range(0, count).Select(TrainingItem);

    /// <summary>The first <paramref name="count"/> held-out conversations: one question each, the three tasks in turn about one document.</summary>
    public IEnumerable<CorpusItem> HeldOut(int count) => Enumerable.Range(0, count).Select(HeldOutItem);

    /// <summary>The training document with this index, with the answers to everything that can be asked about it.</summary>
    public BusinessDocument TrainingDocument(int index)
    {
        SeededRandom random = new(seed, Partition.Training, index);
        return DocumentFactory.Create(random, Partition.Training, Distractors(index));
    }

    /// <summary>The held-out document with this index.</summary>
    public BusinessDocument HeldOutDocument(int index) =>
        DocumentFactory.Create(new SeededRandom(seed, Partition.HeldOut, index), Partition.HeldOut, _options.MaxDistractors);

    private CorpusItem TrainingItem(int index)
    {
        BusinessDocument document = TrainingDocument(index);
        SeededRandom random = new(~seed, Partition.Training, index);
        List<Question> questions = [Classify(document, random), .. document.Fields.Select(field => Answer(field, random))];
        random.Shuffle(questions);
        // Users mostly ask for the extraction first, so half of the conversations begin with it; in the others it follows some answers.
        int turns = Math.Min(_options.MaxTurns, questions.Count + 1);
        questions.Insert(random.Chance(50) ? 0 : random.Below(turns), Extract(document, random));
        return Conversation(document, questions.Take(turns));
    }

    private CorpusItem HeldOutItem(int index)
    {
        BusinessDocument document = HeldOutDocument(index / 3);
        SeededRandom random = new(~seed, Partition.HeldOut, index);
        return Conversation(document, [(CorpusTask)(index % 3) switch
        {
            CorpusTask.Extract => Extract(document, random),
            CorpusTask.Answer => Answer(random.Pick(document.Fields), random),
            _ => Classify(document, random),
        }]);
    }

    private readonly record struct Question(CorpusTask Task, string Instruction, string Answer);

    private static Question Extract(BusinessDocument document, SeededRandom random) =>
        new(CorpusTask.Extract, random.Pick(CorpusInstructions.ExtractVariants), document.ToJson());

    private static Question Answer(DocumentField field, SeededRandom random) =>
        new(CorpusTask.Answer, random.Pick(CorpusInstructions.Questions(field.Name)), field.Value);

    private static Question Classify(BusinessDocument document, SeededRandom random) =>
        new(CorpusTask.Classify, random.Pick(CorpusInstructions.ClassifyVariants), document.Label);

    private static CorpusItem Conversation(BusinessDocument document, IEnumerable<Question> questions)
    {
        List<ChatTurn> messages = [];
        CorpusTask last = default;
        foreach ((CorpusTask task, string instruction, string answer) in questions)
        {
            messages.Add(new ChatTurn("user", messages.Count == 0 ? CorpusInstructions.Ask(document.Text, instruction) : instruction));
            messages.Add(new ChatTurn("assistant", answer));
            last = task;
        }
        return new CorpusItem(messages, last);
    }

    private int Distractors(int index) => index >= _options.EasyDocuments
        ? _options.MaxDistractors
        : (int)((long)_options.MaxDistractors * index / _options.EasyDocuments);

    private static CorpusOptions Checked(CorpusOptions options)
    {
        options.Validate();
        return options;
    }
}
