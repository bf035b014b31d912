namespace MhcPipeline.Serve.Api;

/// <summary>A prompt that the web page offers.</summary>
/// <param name="Title">A few words for the button.</param>
/// <param name="Prompt">The user's message.</param>
public sealed record ExamplePrompt(string Title, string Prompt);
