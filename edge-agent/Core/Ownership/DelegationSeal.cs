using System.Security.Cryptography;

namespace Edge.Core.Ownership;

/// <summary>The signature under a delegation: ECDSA on P-256 with SHA-256. Source: FIPS 186-5, section 6.</summary>
/// <remarks>A node checks it with nothing but the hub's public key: no clock, no certificate, no network.</remarks>
public static class DelegationSeal
{
    /// <summary>True when the document was signed by the owner of the key.</summary>
    /// <param name="document">The signed bytes.</param>
    /// <param name="signature">In the form of IEEE P1363.</param>
    /// <param name="key">The public key, SubjectPublicKeyInfo; anything else is false.</param>
    public static bool Verify(ReadOnlySpan<byte> document, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> key)
    {
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(key, out var read);
            return read == key.Length && ecdsa.KeySize == 256 && ecdsa.VerifyData(document, signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
