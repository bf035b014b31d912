using System.CommandLine;
using MhcPipeline.Serve;

ParseResult parsed = ServeCommand.Create().Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }
    Console.Error.WriteLine("mhc-serve --help lists the options.");
    return 2;
}
return await parsed.InvokeAsync();
