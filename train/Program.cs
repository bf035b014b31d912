using MhcPipeline.Train.Command;

return TrainCommand.Run(args);
