using Edge.Agent.Fingerprint;

namespace Edge.Tests.Agent.Fingerprint;

/// <summary>A folder that stands for "/", with only the files that a test writes.</summary>
internal sealed class FakeRoot : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-root-").FullName;

    public ProbeFiles Files => new(_folder);

    public FakeRoot Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public FakeRoot Folder(string path)
    {
        Directory.CreateDirectory(Path.Combine(_folder, path));
        return this;
    }

    public void Delete(string path) => File.Delete(Path.Combine(_folder, path));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
