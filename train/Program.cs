using MhcPipeline.Train.Command;

return await TrainCommand.RunAsync(args);
