using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Mqtt.Broker;

/// <summary>How the broker speaks TLS.</summary>
internal static class TlsServer
{
    public static SslServerAuthenticationOptions Options(MqttEndpoint endpoint) => new()
    {
        ServerCertificateContext = endpoint.ServerCertificate,
        ClientCertificateRequired = endpoint.RequireClientCertificate,
        CertificateChainPolicy = endpoint.RequireClientCertificate ? ChainPolicy(endpoint.ClientAuthorities) : null,
    };

    private static X509ChainPolicy ChainPolicy(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }
}
