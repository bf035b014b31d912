using MhcPipeline.Serve;

return await ServeCommand.RunAsync(args);
