return await OrderDesk.OrderDeskCommand.RunAsync(args);
