namespace OrderDesk;

/// <summary>A line of the catalogue.</summary>
/// <param name="Name">The product.</param>
/// <param name="Price">Of one piece.</param>
/// <param name="Stock">Pieces in stock.</param>
public sealed record Product(string Name, decimal Price, int Stock);
