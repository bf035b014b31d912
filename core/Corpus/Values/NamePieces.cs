namespace MhcPipeline.Core.Corpus.Values;

/// <summary>Beginnings and endings that make thousands of pronounceable names; and the words that may follow a company's name.</summary>
internal static class NamePieces
{
    public static readonly string[] FirstStarts =
        ["Al", "Am", "An", "Bel", "Ben", "Bri", "Car", "Cor", "Dan", "Del", "El", "Em", "Fab", "Fer", "Fel", "Gab", "Gre", "Han", "Hel", "Ing", "Is", "Jan", "Jo", "Jul",
         "Kar", "Kat", "Lau", "Len", "Lor", "Lu", "Mar", "Mat", "Mel", "Mir", "Nad", "Nic", "Nor", "Ol", "Os", "Pat", "Pet", "Ram", "Ros", "Sab", "Sam", "Sel", "Son", "Tam",
         "Ter", "Tob", "Ul", "Val", "Ver", "Vik", "Wal", "Wil", "Yar", "Zan"];

    public static readonly string[] FirstEnds =
        ["a", "an", "anna", "ard", "as", "eo", "ela", "elle", "en", "ena", "eric", "ette", "ia", "ian", "ica", "iel", "in", "ina", "io", "is", "ius", "o", "on", "or", "us", "y"];

    public static readonly string[] LastStarts =
        ["Ab", "Ash", "Bar", "Beck", "Ber", "Black", "Bran", "Bru", "Cal", "Clay", "Cros", "Dal", "Der", "Dor", "Eber", "Ek", "Fal", "Far", "Gar", "Gold", "Grim", "Hal", "Hart", "Hol",
         "Iv", "Jer", "Kel", "Kirch", "Kor", "Lang", "Lin", "Loch", "Mal", "Mor", "Nov", "Oak", "Or", "Pal", "Pend", "Quin", "Rad", "Red", "Rosen", "San", "Schell", "Stan", "Stol",
         "Tal", "Thor", "Tor", "Ul", "Var", "Vos", "Wal", "Wester", "Wood", "Yor", "Zim"];

    public static readonly string[] LastEnds =
        ["aris", "berg", "bury", "by", "dale", "den", "dorf", "er", "escu", "feld", "ford", "gard", "haus", "holm", "ic", "ides", "ins", "kamp", "ko", "land", "ley", "man", "mer",
         "mont", "nell", "ov", "quist", "sen", "ski", "son", "stein", "ton", "well", "wick"];

    public static readonly string[] BrandStarts =
        ["Acu", "Aero", "Bio", "Cen", "Cry", "Dyn", "Eco", "Flex", "Gen", "Hex", "Ino", "Kin", "Lux", "Max", "Nex", "Omni", "Pol", "Pro", "Qua", "Rap", "Sol", "Syn", "Tek", "Uni", "Vel", "Vita", "Xen", "Zep"];

    public static readonly string[] BrandEnds =
        ["bora", "cor", "dex", "dine", "dora", "fix", "flow", "gon", "last", "line", "lon", "mark", "mat", "max", "mora", "nix", "nova", "pex", "phor", "ra", "ric", "sta", "tec", "tis", "tron", "va", "vix", "zo"];

    public static readonly string[] CompanyWords =
        ["Foods", "Group", "Logistics", "Trading", "Tools", "Media", "Energy", "Systems", "Textiles", "Pharma", "Motors", "Partners"];

    public static readonly string[] ProductWords =
        ["lamp", "chair", "kettle", "drill", "printer", "monitor", "pump", "filter", "keyboard", "router", "scale", "heater", "camera", "toaster", "vacuum", "desk"];

    public static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
}
