namespace MhcPipeline.Connector.Tests.Chat;

public sealed class InProcessChatTests() : ChatContract(overHttp: false);
