using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Edge.Agent.Storage;

/// <summary>Connects to SQLite files through the system's library.</summary>
/// <remarks>The library in the package is old and has published faults; it is the fallback where the system has none.</remarks>
internal static class SqliteDriver
{
    private static readonly Lazy<bool> s_ready = new(Prepare);

    /// <summary>True when the system's own library is used, loaded or linked in.</summary>
    public static bool UsesSystemLibrary => s_ready.Value;

    /// <summary>The library's version, as 3.40.1.</summary>
    public static string Version
    {
        get
        {
            _ = s_ready.Value;
            return SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
        }
    }

    /// <summary>Makes a closed connection.</summary>
    public static DbConnection Connect(string path)
    {
        _ = s_ready.Value;
        return new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
    }

    private static bool Prepare()
    {
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "edge-agent.dll")))
        {
            // The native program has no assemblies beside it and the library linked in.
            SQLitePCL.Batteries_V2.Init();
            return true;
        }

        var system = NativeLibrary.TryLoad("libsqlite3.so.0", out var library);
        if (system)
        {
            NativeLibrary.SetDllImportResolver(
                typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
                (name, _, _) => name == "e_sqlite3" ? library : 0);
        }

        SQLitePCL.Batteries_V2.Init();
        return system;
    }
}
