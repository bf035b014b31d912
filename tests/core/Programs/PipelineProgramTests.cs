using System.CommandLine;
using System.Runtime.InteropServices;
using MhcPipeline.Core.Programs;
using Xunit;

namespace MhcPipeline.Core.Tests.Programs;

public sealed class PipelineProgramTests : IDisposable
{
    private readonly StringWriter _errors = new();

    public void Dispose() => _errors.Dispose();

    [Fact]
    public async Task What_is_done_is_exit_code_0_and_says_nothing_on_stderr()
    {
        Assert.Equal(0, await Run(() => { }));
        Assert.Equal("", _errors.ToString());
    }

    public static TheoryData<Exception, string> Failures => new()
    {
        { new PipelineException("config.json: n is 0; it must be 1 or more."), "mhc-try: config.json: n is 0; it must be 1 or more." },
        { new IOException("No space left on device : '/full/file'"), "mhc-try: No space left on device : '/full/file'. Check the path, its permissions and the disk's free space." },
        { new UnauthorizedAccessException("Access to the path '/locked' is denied."), "mhc-try: Access to the path '/locked' is denied. Check" },
        { new OutOfMemoryException(), "mhc-try: memory ran out in MhcPipeline.Core.Tests.Programs.PipelineProgramTests. Close other programs" },
        { new ExternalException("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.\nframe #0: c10::x"), "mhc-try: memory ran out in MhcPipeline.Core.Tests.Programs.PipelineProgramTests: [enforce fail at alloc_cpu.cpp:117]" },
        { new InvalidOperationException("Sequence contains no elements"), "mhc-try: unforeseen InvalidOperationException in MhcPipeline.Core.Tests.Programs.PipelineProgramTests: Sequence contains no elements. This is a fault of the program; MHC_TRACE=1" },
        { new AggregateException(new TypeInitializationException("Torch", new DllNotFoundException("libtorch.so\nwas not\nfound"))), "mhc-try: unforeseen DllNotFoundException" },
        { new NotSupportedException(), "mhc-try: unforeseen NotSupportedException" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_fails_is_exit_code_1_and_one_line_with_the_programs_name_and_no_stack_trace(Exception failure, string beginning)
    {
        Assert.Equal(1, await Run(() => throw failure));
        string line = Assert.Single(_errors.ToString().TrimEnd().Split(Environment.NewLine));
        Assert.StartsWith(beginning, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--unknown")]
    [InlineData("--name", "")]
    [InlineData("--name", "  ")]
    [InlineData("--name")]
    [InlineData("extra")]
    [InlineData("inner", "--name", "")]
    [InlineData("inner", "")]
    public async Task A_wrong_command_line_is_exit_code_2_and_nothing_is_begun(params string[] args)
    {
        bool begun = false;
        Assert.Equal(2, await Run(() => begun = true, args));
        Assert.False(begun);
        Assert.All(_errors.ToString().TrimEnd().Split(Environment.NewLine), line => Assert.StartsWith("mhc-try", line, StringComparison.Ordinal));
        Assert.Contains("mhc-try --help", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_was_stopped_has_not_done_what_was_asked_for()
    {
        Assert.NotEqual(0, await Run(() => throw new StoppedException("stopped at step 3.")));
        Assert.Equal($"mhc-try: stopped at step 3.{Environment.NewLine}", _errors.ToString());
    }

    private Task<int> Run(Action work, params string[] args)
    {
        var inner = new Command("inner") { new Option<string>("--name"), new Argument<string>("folder") };
        var command = new RootCommand { new Option<string?>("--name"), inner };
        command.SetAction(_ => work());
        inner.SetAction(_ => work());
        return new PipelineProgram("mhc-try") { Output = TextWriter.Null, Errors = _errors }.RunAsync(command, args);
    }
}
