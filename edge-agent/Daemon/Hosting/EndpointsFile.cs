using System.Text.Json;

namespace Edge.Daemon.Hosting;

/// <summary>Writes where a daemon listens into its data folder, so that scripts need not read logs when a port was chosen freely.</summary>
public static class EndpointsFile
{
    /// <summary>The file's name below the data folder.</summary>
    public const string Name = "endpoints.json";

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="endpoints">Name and address, as <c>http</c> and <c>http://127.0.0.1:5050</c>.</param>
    public static void Write(string dataFolder, IReadOnlyList<KeyValuePair<string, string>> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var path = Path.Combine(dataFolder, Name);
        using (var stream = File.Create(path + ".tmp"))
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (name, address) in endpoints)
            {
                json.WriteString(name, address);
            }

            json.WriteEndObject();
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }
}
