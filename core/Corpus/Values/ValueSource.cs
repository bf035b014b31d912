using System.Globalization;

namespace MhcPipeline.Core.Corpus.Values;

/// <summary>
/// Draws the values of one document from one partition. Every name, number, amount, quantity and date is drawn until it belongs to
/// the partition, so no value of one partition can occur in the other. Words that say what a thing is (Logistics, lamp) are shared.
/// </summary>
internal sealed class ValueSource(SeededRandom random, Partition partition)
{
    private static readonly DateOnly _firstDay = new(2020, 1, 1);
    private const int Days = 2500;

    private readonly int _dateStyle = random.Below(3);
    private readonly HashSet<string> _drawn = [];

    /// <summary>A first name and a surname, each of the partition.</summary>
    public string Person() =>
        Draw(() => random.Pick(NamePieces.FirstStarts) + random.Pick(NamePieces.FirstEnds)) + " " +
        Draw(() => random.Pick(NamePieces.LastStarts) + random.Pick(NamePieces.LastEnds));

    public string Company() =>
        Draw(() => random.Chance(50)
            ? random.Pick(NamePieces.LastStarts) + random.Pick(NamePieces.LastEnds)
            : random.Pick(NamePieces.BrandStarts) + random.Pick(NamePieces.BrandEnds)) + " " + random.Pick(NamePieces.CompanyWords);

    public string Product() =>
        Draw(() => random.Pick(NamePieces.BrandStarts) + random.Pick(NamePieces.BrandEnds)) + " " + random.Pick(NamePieces.ProductWords);

    /// <summary>A number of four to six digits behind a letter or two, or alone; the digits decide about the partition.</summary>
    public string Number(IReadOnlyList<string> prefixes)
    {
        int digits = random.Between(4, 6);
        int low = (int)Math.Pow(10, digits - 1);
        return random.Pick(prefixes) + Draw(() => Text(random.Between(low, (low * 10) - 1)));
    }

    /// <summary>1 to 99.</summary>
    public string Quantity() => Draw(() => Text(random.Between(1, 99)));

    /// <summary>An amount of money with two decimals, small ones as likely as large ones.</summary>
    public string Amount()
    {
        int high = random.Pick(new[] { 100, 1_000, 10_000 });
        return Draw(() => $"{Text(random.Between(high / 20, high - 1))}.{random.Below(100):00}");
    }

    /// <summary>A day of the years 2020 to 2026.</summary>
    public DateOnly Day() => DrawDay(() => _firstDay.AddDays(random.Below(Days)));

    /// <summary>A day within <paramref name="most"/> days after another.</summary>
    public DateOnly DayAfter(DateOnly day, int most) => DrawDay(() => day.AddDays(random.Between(1, most)));

    /// <summary>The one spelling of dates that this document uses.</summary>
    public string Spell(DateOnly day) => _dateStyle switch
    {
        0 => Iso(day),
        1 => day.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
        _ => $"{Text(day.Day)} {NamePieces.Months[day.Month - 1]} {Text(day.Year)}",
    };

    private DateOnly DrawDay(Func<DateOnly> draw) =>
        DateOnly.ParseExact(Draw(() => Iso(draw())), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Draws until the value is of the partition and not yet in this document, so that a distractor never equals an answer.</summary>
    private string Draw(Func<string> draw)
    {
        while (true)
        {
            string value = draw();
            if (Partitions.Of(value) == partition && _drawn.Add(value))
                return value;
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
