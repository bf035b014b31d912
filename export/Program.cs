using MhcPipeline.Export.Command;

return await ExportCommand.RunAsync(args);
