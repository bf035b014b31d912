namespace MhcPipeline.Connector.Tests.Chat;

public sealed class HttpChatTests() : ChatContract(overHttp: true);
