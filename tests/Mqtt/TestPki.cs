using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Tests.Mqtt;

/// <summary>An authority, a server certificate for loopback, and a client certificate, made for one test.</summary>
internal sealed class TestPki : IDisposable
{
    private readonly X509Certificate2 _authority;

    public TestPki()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=edge test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        Authorities = [X509CertificateLoader.LoadCertificate(_authority.RawData)];
        Server = Issue("localhost", 1);
        Client = Issue("node-1", 2);
    }

    public X509Certificate2Collection Authorities { get; }

    public string AuthorityPem => _authority.ExportCertificatePem();

    public SslStreamCertificateContext Server { get; }

    public SslStreamCertificateContext Client { get; }

    public void Dispose() => _authority.Dispose();

    private SslStreamCertificateContext Issue(string name, byte serial)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, [serial]);
        return SslStreamCertificateContext.Create(bare.CopyWithPrivateKey(key), Authorities, offline: true);
    }
}

/// <summary>A file with a text, removed at the end.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string content) => File.WriteAllText(Path, content);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"edge-mqtt-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Path);
}
