using System.Text.Json;
using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Corpus.Documents;
using Xunit;

namespace MhcPipeline.Core.Tests.Corpus;

public sealed class BusinessCorpusTests
{
    private static string Flat(CorpusItem item) => item.Task + "|" + string.Join("|", item.Messages);

    [Fact]
    public void The_same_seed_gives_the_same_conversations()
    {
        Assert.Equal(new BusinessCorpus(7).Training(200).Select(Flat), new BusinessCorpus(7).Training(200).Select(Flat));
        Assert.Equal(new BusinessCorpus(7).HeldOut(60).Select(Flat), new BusinessCorpus(7).HeldOut(60).Select(Flat));
    }

    [Fact]
    public void Another_seed_gives_other_conversations() =>
        Assert.Empty(new BusinessCorpus(1).Training(200).Select(Flat).Intersect(new BusinessCorpus(2).Training(200).Select(Flat)));

    [Fact]
    public void A_known_document_never_changes() => Assert.Equal(
        KnownDocument, new BusinessCorpus(2026).TrainingDocument(0).Text + "\n" + new BusinessCorpus(2026).TrainingDocument(0).ToJson());

    private const string KnownDocument = """
        We invoice as agreed. The invoice is dated 24.02.2026.
        Customer = Amor Goldski
        Payable until = 28.02.2026
        Grand total = USD 598.52
        Invoice = I792905
        {"invoice":"I792905","customer":"Amor Goldski","date":"24.02.2026","due":"28.02.2026","total":598.52}
        """;

    [Fact]
    public void A_document_does_not_depend_on_how_many_are_made_or_in_which_order()
    {
        BusinessCorpus corpus = new(3);
        List<string> inOrder = [.. corpus.Training(300).Select(Flat)];
        string[] atOnce = new string[300];
        Parallel.For(0, 300, i => atOnce[i] = Flat(corpus.Training(i + 1).Last()));
        Assert.Equal(inOrder, atOnce);
    }

    [Fact]
    public void Any_size_can_be_asked_for_without_making_it() =>
        Assert.Equal(3, new BusinessCorpus(1).Training(int.MaxValue).Take(3).Count());

    [Fact]
    public void Conversations_do_not_repeat() =>
        Assert.Equal(5_000, new BusinessCorpus(1).Training(5_000).Select(Flat).Distinct().Count());

    [Fact]
    public void User_and_assistant_take_turns_and_the_assistant_has_the_last_word()
    {
        foreach (CorpusItem item in new BusinessCorpus(5).Training(500).Concat(new BusinessCorpus(5).HeldOut(60)))
        {
            Assert.Equal(0, item.Messages.Count % 2);
            Assert.All(item.Messages.Index(), turn => Assert.Equal(turn.Index % 2 == 0 ? "user" : "assistant", turn.Item.Role));
        }
    }

    [Fact]
    public void Every_answer_field_stands_in_the_text_as_it_is_expected() =>
        Assert.All(Documents(new BusinessCorpus(11), 2_000), document =>
            Assert.All(document.Fields, field => Assert.Contains(field.Value, document.Text, StringComparison.Ordinal)));

    [Fact]
    public void A_distractor_is_never_the_answer() =>
        Assert.All(Documents(new BusinessCorpus(12), 2_000), document =>
            Assert.Empty(document.Distractors.Intersect(document.Fields.Select(field => field.Value))));

    [Fact]
    public void Json_answers_are_valid_compact_json_with_the_fields_in_order() =>
        Assert.All(Documents(new BusinessCorpus(13), 500), document =>
        {
            string json = document.ToJson();
            using JsonDocument parsed = JsonDocument.Parse(json);
            Assert.Equal(document.Fields.Select(field => field.Name), parsed.RootElement.EnumerateObject().Select(property => property.Name));
            Assert.Equal(document.Fields.Select(field => field.Value), parsed.RootElement.EnumerateObject().Select(property => property.Value.ToString()));
            Assert.Equal(json, JsonSerializer.Serialize(parsed.RootElement));
        });

    [Fact]
    public void Documents_with_the_same_label_have_the_same_fields_in_the_same_order() =>
        Assert.All(Documents(new BusinessCorpus(14), 1_000).GroupBy(document => document.Label), group =>
            Assert.Single(group.Select(document => string.Join(",", document.Fields.Select(field => field.Name))).Distinct()));

    [Fact]
    public void Every_label_and_every_field_occurs()
    {
        List<BusinessDocument> documents = [.. Documents(new BusinessCorpus(15), 500)];
        Assert.Equal(CorpusInstructions.Labels.Order(), documents.Select(document => document.Label).Distinct().Order());
        Assert.Equal(CorpusInstructions.Fields.Order(), documents.SelectMany(document => document.Fields).Select(field => field.Name).Distinct().Order());
    }

    [Fact]
    public void Fields_stand_anywhere_in_the_document() =>
        Assert.All(new[] { "order", "customer", "total" }, name =>
        {
            double[] places = [.. Documents(new BusinessCorpus(16), 1_000)
                .Select(document => (document, field: document.Fields.FirstOrDefault(field => field.Name == name)))
                .Where(pair => pair.field is not null)
                .Select(pair => pair.document.Text.IndexOf(pair.field!.Value, StringComparison.Ordinal) / (double)pair.document.Text.Length)];
            Assert.All(Enumerable.Range(0, 4), quarter => Assert.Contains(places, place => (int)(place * 4) == quarter));
        });

    [Fact]
    public void Held_out_items_ask_one_thing_each_and_the_tasks_take_turns()
    {
        List<CorpusItem> items = [.. new BusinessCorpus(17).HeldOut(30)];
        Assert.All(items, item => Assert.Equal(2, item.Messages.Count));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (CorpusTask)(i % 3)), items.Select(item => item.Task));
    }

    [Fact]
    public void A_training_conversation_has_as_many_questions_as_the_options_allow() =>
        Assert.All(new BusinessCorpus(18, new CorpusOptions { MaxTurns = 3 }).Training(200), item => Assert.Equal(6, item.Messages.Count));

    [Fact]
    public void Without_distractors_a_document_names_only_its_fields() =>
        Assert.All(Documents(new BusinessCorpus(19, new CorpusOptions { MaxDistractors = 0 }), 200), document => Assert.Empty(document.Distractors));

    [Fact]
    public void Easy_documents_come_first()
    {
        BusinessCorpus corpus = new(20, new CorpusOptions { MaxDistractors = 4, EasyDocuments = 1_000 });
        Assert.All(Enumerable.Range(0, 250), i => Assert.Empty(corpus.TrainingDocument(i).Distractors));
        Assert.Contains(Enumerable.Range(1_000, 250), i => corpus.TrainingDocument(i).Distractors.Count == 4);
    }

    [Fact]
    public void Options_out_of_range_are_named() =>
        Assert.Contains("MaxTurns is 0", Assert.Throws<PipelineException>(() => new BusinessCorpus(1, new CorpusOptions { MaxTurns = 0 })).Message, StringComparison.Ordinal);

    [Fact]
    public void The_instructions_are_the_public_ones() =>
        Assert.All(new BusinessCorpus(21).Training(300), item => Assert.All(item.Messages.Where(turn => turn.Role == "user"), turn =>
            Assert.Contains(turn.Content.Split("\n\n")[^1], _allInstructions)));

    private static readonly HashSet<string> _allInstructions =
    [
        .. CorpusInstructions.ExtractVariants, .. CorpusInstructions.ClassifyVariants,
        .. CorpusInstructions.Fields.SelectMany(CorpusInstructions.Questions),
    ];

    private static IEnumerable<BusinessDocument> Documents(BusinessCorpus corpus, int count) =>
        Enumerable.Range(0, count).SelectMany(i => new[] { corpus.TrainingDocument(i), corpus.HeldOutDocument(i) });
}
