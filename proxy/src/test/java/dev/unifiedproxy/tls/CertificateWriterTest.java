package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What {@link CertificateWriter} writes, read by BouncyCastle and by the JDK's path validator. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CertificateWriterTest {
    private InterceptionAuthority authority;
    private KeyPair leafKeys;

    @BeforeAll
    void makeAuthority(@TempDir Path state) {
        authority = TlsFixtures.authority(state);
        leafKeys = authority.newLeafKeys();
    }

    static Stream<Host> hosts() {
        Stream<Host> names = IntStream.rangeClosed(1, 253).mapToObj(CertificateWriterTest::name);
        Stream<Host> addresses =
                Stream.of("127.0.0.1", "255.255.255.255", "::1", "2001:db8::1", "fe80::1:2")
                        .map(IpAddress::parse);
        Stream<Host> odd = Stream.of("a_b.example", "xn--bcher-kva.example").map(Hostname::parse);
        return Stream.of(names, addresses, odd).flatMap(hosts -> hosts);
    }

    /** A name of exactly so many characters, in labels of at most 63. */
    static Hostname name(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= length; i++) {
            text.append(i % 60 == 0 && i != length ? '.' : 'a');
        }
        return Hostname.parse(text.toString());
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void leafIsValidForItsHostAlone(Host host) throws Exception {
        X509Certificate leaf = authority.issueLeaf(host, leafKeys.getPublic());
        X509CertificateHolder holder = canonical(leaf);
        boolean named = host.text().length() <= 64;

        Extension alternative = holder.getExtension(Extension.subjectAlternativeName);
        GeneralName[] names = GeneralNames.getInstance(alternative.getParsedValue()).getNames();
        assertThat(names).containsExactly(expectedName(host));
        assertThat(alternative.isCritical()).isEqualTo(!named);
        assertThat(leaf.getSubjectX500Principal().getName())
                .isEqualTo(named ? "CN=" + host.text() : "");
        validate(leaf);
    }

    @Test
    void leafHasTheExtensionsOfServerAndNothingElse() throws Exception {
        X509Certificate leaf = authority.issueLeaf(name(20), leafKeys.getPublic());
        X509CertificateHolder holder = canonical(leaf);
        X509CertificateHolder issuer = canonical(authority.certificate());

        assertThat(leaf.getCriticalExtensionOIDs()).containsExactly("2.5.29.15");
        assertThat(leaf.getNonCriticalExtensionOIDs())
                .containsExactlyInAnyOrder("2.5.29.14", "2.5.29.17", "2.5.29.35", "2.5.29.37");
        assertThat(KeyUsage.fromExtensions(holder.getExtensions()))
                .isEqualTo(new KeyUsage(KeyUsage.digitalSignature));
        assertThat(holder.getExtension(Extension.keyUsage).isCritical()).isTrue();
        assertThat(ExtendedKeyUsage.fromExtensions(holder.getExtensions()).getUsages())
                .containsExactly(KeyPurposeId.id_kp_serverAuth);
        assertThat(
                        AuthorityKeyIdentifier.fromExtensions(holder.getExtensions())
                                .getKeyIdentifierOctets())
                .isEqualTo(
                        SubjectKeyIdentifier.fromExtensions(issuer.getExtensions())
                                .getKeyIdentifier());
        assertThat(SubjectKeyIdentifier.fromExtensions(holder.getExtensions()).getKeyIdentifier())
                .hasSize(20);
        assertThat(holder.getIssuer()).isEqualTo(issuer.getSubject());
        assertThat(leaf.getPublicKey()).isEqualTo(leafKeys.getPublic());
    }

    @Test
    void authoritySignsLeavesOnlyAndForTenYears() throws Exception {
        X509Certificate certificate = authority.certificate();
        X509CertificateHolder holder = canonical(certificate);

        assertThat(certificate.getCriticalExtensionOIDs())
                .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
        assertThat(certificate.getNonCriticalExtensionOIDs()).containsExactly("2.5.29.14");
        assertThat(holder.getExtension(Extension.basicConstraints).isCritical()).isTrue();
        assertThat(BasicConstraints.fromExtensions(holder.getExtensions()))
                .isEqualTo(new BasicConstraints(0));
        assertThat(holder.getExtension(Extension.keyUsage).isCritical()).isTrue();
        assertThat(KeyUsage.fromExtensions(holder.getExtensions()))
                .isEqualTo(new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        assertThat(holder.getSubject()).isEqualTo(holder.getIssuer());
        assertThat(holder.getSubject().toString())
                .isEqualTo("CN=" + CertificateWriter.AUTHORITY_NAME);
        assertThat(
                        Duration.between(
                                holder.getNotBefore().toInstant(),
                                holder.getNotAfter().toInstant()))
                .isEqualTo(Duration.ofDays(3653));
        assertThat(certificate.getVersion()).isEqualTo(3);
    }

    @Test
    void serialsArePositiveLongAndDifferent() {
        List<X509Certificate> leaves =
                IntStream.range(0, 50)
                        .mapToObj(i -> authority.issueLeaf(name(10), leafKeys.getPublic()))
                        .toList();
        assertThat(leaves)
                .extracting(X509Certificate::getSerialNumber)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        serial -> {
                            assertThat(serial.signum()).isEqualTo(1);
                            assertThat(serial.bitLength()).isEqualTo(127);
                        });
    }

    /** Signed by the authority, and byte for byte what a strict encoder would write. */
    private X509CertificateHolder canonical(X509Certificate certificate) throws Exception {
        byte[] der = certificate.getEncoded();
        assertThat(ASN1Primitive.fromByteArray(der).getEncoded(ASN1Encoding.DER)).isEqualTo(der);
        X509CertificateHolder holder = new X509CertificateHolder(der);
        assertThat(
                        holder.isSignatureValid(
                                new JcaContentVerifierProviderBuilder()
                                        .build(authority.certificate().getPublicKey())))
                .isTrue();
        return holder;
    }

    private void validate(X509Certificate leaf) throws Exception {
        PKIXParameters parameters =
                new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)),
                        parameters);
    }

    private static GeneralName expectedName(Host host) {
        return switch (host) {
            case Hostname name -> new GeneralName(GeneralName.dNSName, name.text());
            case IpAddress address -> new GeneralName(GeneralName.iPAddress, address.text());
        };
    }
}
