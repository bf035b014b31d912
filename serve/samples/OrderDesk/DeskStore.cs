using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OrderDesk;

/// <summary>The desk's database: a catalogue, and the records that were read. One user at a time.</summary>
public sealed class DeskStore : IDisposable
{
    private readonly SqliteConnection _connection;

    /// <summary>Opens the database, and makes it where there is none.</summary>
    /// <param name="path">Its file; <c>:memory:</c> keeps nothing.</param>
    public DeskStore(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Run(
            """
            CREATE TABLE IF NOT EXISTS products (name TEXT PRIMARY KEY COLLATE NOCASE, price TEXT NOT NULL, stock INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS customers (name TEXT PRIMARY KEY COLLATE NOCASE, discount INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS documents (file TEXT PRIMARY KEY, text TEXT NOT NULL, label TEXT NOT NULL, seconds REAL NOT NULL);
            CREATE TABLE IF NOT EXISTS fields (
                id INTEGER PRIMARY KEY, file TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
                probability REAL, reason TEXT, state TEXT NOT NULL CHECK (state IN ('sure', 'waiting', 'confirmed', 'corrected')), UNIQUE (file, name));
            INSERT OR IGNORE INTO products VALUES ('Tavrik chair', '119.00', 40), ('Lumora lamp', '34.90', 5), ('Brenix kettle', '49.00', 12), ('Corvin toaster', '39.50', 0);
            INSERT OR IGNORE INTO customers VALUES ('Marisol Brandt', 0), ('Kestrel Foods', 5);
            """);
    }

    /// <summary>A product of the catalogue, whatever its case; null where there is none.</summary>
    public Product? Product(string name) =>
        Read("SELECT name, price, stock FROM products WHERE name = $1", row => new Product(row.GetString(0), decimal.Parse(row.GetString(1), CultureInfo.InvariantCulture), row.GetInt32(2)), name).FirstOrDefault();

    /// <summary>A customer's discount in percent; null where there is no such customer.</summary>
    public int? Discount(string customer) => Read("SELECT discount FROM customers WHERE name = $1", row => (int?)row.GetInt32(0), customer).FirstOrDefault();

    /// <summary>Records a document, in place of an earlier reading of the same file. Doubtful values wait.</summary>
    public void Record(DeskEntry entry, string text)
    {
        ArgumentNullException.ThrowIfNull(entry);
        using SqliteTransaction transaction = _connection.BeginTransaction();
        Run("DELETE FROM fields WHERE file = $1", entry.File);
        Run("INSERT OR REPLACE INTO documents VALUES ($1, $2, $3, $4)", entry.File, text, entry.Label, entry.Time.TotalSeconds);
        foreach (string name in entry.Record.Select(field => field.Key).Union(entry.Doubts.Keys))
        {
            string? reason = entry.Doubts.GetValueOrDefault(name);
            Run(
                "INSERT INTO fields (file, name, value, probability, reason, state) VALUES ($1, $2, $3, $4, $5, $6)",
                entry.File, name, entry.Record[name]?.ToString() ?? "", entry.Fields.FirstOrDefault(field => field.Path == "/" + name)?.Probability, reason, reason is null ? "sure" : "waiting");
        }
        transaction.Commit();
    }

    /// <summary>What waits for a person, document by document.</summary>
    public IReadOnlyList<Waiting> Waiting() => Read(
        "SELECT id, file, text, name, value, reason FROM fields JOIN documents USING (file) WHERE state = 'waiting' ORDER BY file, id",
        row => new Waiting(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5)));

    /// <summary>A person's word on a value.</summary>
    /// <returns>False where nothing of this id waits.</returns>
    public bool Decide(long id, string value) =>
        Run("UPDATE fields SET state = CASE WHEN value = $2 THEN 'confirmed' ELSE 'corrected' END, value = $2 WHERE id = $1 AND state = 'waiting'", id, value) == 1;

    /// <summary>A field's value and state; null where there is none.</summary>
    public (string Value, string State)? Field(string file, string name) =>
        Read("SELECT value, state FROM fields WHERE file = $1 AND name = $2", row => ((string, string)?)(row.GetString(0), row.GetString(1)), file, name).FirstOrDefault();

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private int Run(string sql, params object?[] values)
    {
        using SqliteCommand command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using SqliteCommand command = Command(sql, values);
        using SqliteDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private SqliteCommand Command(string sql, object?[] values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        return command;
    }
}
