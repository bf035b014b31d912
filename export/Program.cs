using MhcPipeline.Export.Command;

return ExportCommand.Run(args);
