using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Tokenization.Files;

namespace MhcPipeline.Tokenization.Command;

/// <summary>Writes tokenizer_config.json, from which Hugging Face's libraries take special tokens and chat template.</summary>
internal static class TokenizerConfigWriter
{
    private static readonly JsonWriterOptions _readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string path, TokenizerDefinition definition, int modelMaxLength, TrainedFrom trainedFrom) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, _readable);
        json.WriteStartObject();
        json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        json.WriteString("bos_token", SpecialTokens.EndOfText);
        json.WriteString("eos_token", SpecialTokens.ImEnd);
        json.WriteString("pad_token", SpecialTokens.EndOfText);
        json.WriteStartArray("additional_special_tokens");
        json.WriteStringValue(SpecialTokens.ImStart);
        json.WriteStringValue(SpecialTokens.ImEnd);
        json.WriteEndArray();
        json.WriteStartObject("added_tokens_decoder");
        foreach (AddedToken token in definition.AddedTokens)
        {
            json.WriteStartObject(token.Id.ToString(CultureInfo.InvariantCulture));
            json.WriteString("content", token.Content);
            json.WriteBoolean("lstrip", token.StripsLeft);
            json.WriteBoolean("normalized", token.IsNormalized);
            json.WriteBoolean("rstrip", token.StripsRight);
            json.WriteBoolean("single_word", token.IsSingleWord);
            json.WriteBoolean("special", token.IsSpecial);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteBoolean("add_bos_token", false);
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("clean_up_tokenization_spaces", false);
        json.WriteNumber("model_max_length", modelMaxLength);
        json.WriteString("chat_template", ChatTemplate.Jinja);
        json.WritePropertyName(TrainedFrom.Field);
        trainedFrom.Write(json);
        json.WriteEndObject();
    });
}
