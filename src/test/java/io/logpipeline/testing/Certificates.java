package io.logpipeline.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** An authority of the test's own, and what it signs for 127.0.0.1. */
public final class Certificates {
    private final X509Bundle authority;

    public Certificates() {
        authority =
                built(() ->
                        certificate("CN=test authority")
                                .setIsCertificateAuthority(true)
                                .setKeyUsage(true, KeyUsage.keyCertSign)
                                .buildSelfSigned());
    }

    private interface Building<T> {
        T build() throws Exception;
    }

    private static <T> T built(Building<T> building) {
        try {
            return building.build();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static CertificateBuilder certificate(String subject) {
        Instant now = Instant.now();
        return new CertificateBuilder()
                .ecp256()
                .subject(subject)
                .notBefore(now.minus(Duration.ofDays(1)))
                .notAfter(now.plus(Duration.ofDays(1)));
    }

    /** A certificate, and its key, of a host or client. */
    public X509Bundle sign(String commonName) {
        return signed(
                certificate("CN=" + commonName)
                        .addSanIpAddress("127.0.0.1")
                        .addSanDnsName("localhost"));
    }

    /** One of a host that is known by its name only. */
    public X509Bundle signName(String host) {
        return signed(certificate("CN=" + host).addSanDnsName(host));
    }

    private X509Bundle signed(CertificateBuilder certificate) {
        return built(() ->
                certificate
                        .addExtendedKeyUsageServerAuth()
                        .addExtendedKeyUsageClientAuth()
                        .buildIssuedBy(authority));
    }

    /** Writes the authority's certificate. */
    public Path authorityFile(Path directory) throws IOException {
        return Files.writeString(directory.resolve("ca.pem"), authority.getCertificatePEM());
    }

    /** Writes {@code <name>.pem} and {@code <name>.key}; returns the first. */
    public static Path write(Path directory, String name, X509Bundle bundle) throws IOException {
        Path key = keyOf(directory.resolve(name + ".pem"));
        Files.writeString(key, bundle.getPrivateKeyPEM());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(directory.resolve(name + ".pem"), bundle.getCertificatePathPEM());
    }

    /** The key beside a certificate. */
    public static Path keyOf(Path certificate) {
        String name = certificate.getFileName().toString();
        return certificate.resolveSibling(name.substring(0, name.length() - 4) + ".key");
    }

    /** Of a client that trusts the authority, and shows nothing. */
    public SSLContext context() {
        return built(() -> context(new KeyManager[0]));
    }

    /** The same with a certificate to show, or of a server. */
    public SSLContext context(X509Bundle shown) {
        return built(() -> context(shown.toKeyManagerFactory().getKeyManagers()));
    }

    private SSLContext context(KeyManager[] shown) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown, new TrustManager[] {authority.toTrustManager()}, null);
        return context;
    }
}
