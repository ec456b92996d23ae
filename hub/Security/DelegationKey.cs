using System.Security.Cryptography;
using System.Text;

namespace Edge.Hub.Security;

/// <summary>The key that a hub signs delegations with: ECDSA on P-256, made at the first start, kept in the data folder.</summary>
/// <remarks>Nodes trust the first hub that speaks to them, by this key. A hub that lost it cannot delegate to them any more; it belongs
/// into every backup. Safe from any thread. Source: FIPS 186-5, section 6.</remarks>
internal sealed class DelegationKey : IDisposable
{
    /// <summary>The file's name below the data folder.</summary>
    public const string FileName = "delegation.key";

    private readonly Lock _lock = new();
    private readonly ECDsa _key;

    private DelegationKey(ECDsa key)
    {
        _key = key;
        Public = key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>The public key, SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> Public { get; }

    /// <summary>Reads the key of a data folder; makes one where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is there and holds no such key.</exception>
    /// <exception cref="IOException">It can neither be read nor written.</exception>
    public static DelegationKey Open(string dataFolder)
    {
        var path = Path.Combine(dataFolder, FileName);
        var key = File.Exists(path) ? Read(path) : Make(path);
        if (!OperatingSystem.IsWindows())
        {
            // A copy from a backup may have come with other rights.
            File.SetUnixFileMode(path, SafeFile.Private);
        }

        return new DelegationKey(key);
    }

    /// <summary>Signs a document.</summary>
    /// <returns>The signature in the form of IEEE P1363, 64 bytes.</returns>
    public byte[] Sign(ReadOnlySpan<byte> document)
    {
        lock (_lock)
        {
            return _key.SignData(document, HashAlgorithmName.SHA256);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static ECDsa Make(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SafeFile.Write(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        return key;
    }

    private static ECDsa Read(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));

            // A public key alone, or one of another curve, signs nothing that a node takes.
            if (key.KeySize == 256 && key.ExportParameters(includePrivateParameters: true).D is not null)
            {
                return key;
            }
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            // Told below, with what to do.
        }

        key.Dispose();
        throw new InvalidDataException(
            $"{path} holds no ECDSA P-256 private key in PEM form. Put it back from a backup: nodes know this hub by it. Only a hub that "
            + "no node has spoken to may start with a new one: then remove the file.");
    }
}
