using System.Diagnostics;

namespace Edge.Tests.EndToEnd;

/// <summary>A network namespace with one cable to the tests' own: a link that can be cut as a digger does it, without a word to either
/// end.</summary>
/// <remarks>Needs root and iproute2. Its address range is one of its own, so that several tests run at once.</remarks>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private readonly string _cable;

    private NetworkNamespace(string id, string here, string there)
    {
        Name = "edge-" + id;
        _cable = "ed" + id;
        Here = here;
        There = there;
    }

    /// <summary>The namespace's name.</summary>
    public string Name { get; }

    /// <summary>The address at the tests' end of the cable.</summary>
    public string Here { get; }

    /// <summary>The address at the far end.</summary>
    public string There { get; }

    /// <summary>Makes a namespace with its cable plugged in.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        var random = Guid.NewGuid().ToByteArray();
        var range = $"10.213.{random[0]}.{random[1] & 0xFC}";
        var first = range.LastIndexOf('.') + 1;
        var last = int.Parse(range[first..], System.Globalization.CultureInfo.InvariantCulture);
        var space = new NetworkNamespace(
            Convert.ToHexStringLower(random.AsSpan(2, 4)), $"{range[..first]}{last + 1}", $"{range[..first]}{last + 2}");
        try
        {
            await space.PlugInAsync();
            return space;
        }
        catch
        {
            await space.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pulls the cable: packets vanish in both directions, no end is told.</summary>
    public Task CutAsync() => RunAsync("link", "set", _cable + "h", "down");

    /// <summary>Plugs the cable in again.</summary>
    public Task HealAsync() => RunAsync("link", "set", _cable + "h", "up");

    /// <summary>Bytes that crossed the cable, as the kernel counted them at this end: from and to the far end.</summary>
    public (long FromThere, long ToThere) Bytes() => (Counter("rx_bytes"), Counter("tx_bytes"));

    public async ValueTask DisposeAsync()
    {
        // One end of a cable takes the other with it.
        await TryRunAsync("link", "delete", _cable + "h");
        await TryRunAsync("netns", "delete", Name);
    }

    private long Counter(string name) => long.Parse(
        File.ReadAllText($"/sys/class/net/{_cable}h/statistics/{name}"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task PlugInAsync()
    {
        await RunAsync("netns", "add", Name);
        await RunAsync("link", "add", _cable + "h", "type", "veth", "peer", "name", _cable + "a", "netns", Name);
        await RunAsync("addr", "add", Here + "/30", "dev", _cable + "h");
        await RunAsync("link", "set", _cable + "h", "up");
        await RunAsync("-n", Name, "addr", "add", There + "/30", "dev", _cable + "a");
        await RunAsync("-n", Name, "link", "set", _cable + "a", "up");
        await RunAsync("-n", Name, "link", "set", "lo", "up");
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var (code, error) = await TryRunAsync(arguments);
        if (code != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
        }
    }

    private static async Task<(int Code, string Error)> TryRunAsync(params string[] arguments)
    {
        var info = new ProcessStartInfo("ip") { RedirectStandardError = true };
        Array.ForEach(arguments, info.ArgumentList.Add);
        using var process = Process.Start(info)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}
