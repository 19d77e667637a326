package dev.unifiedproxy.tls;

import dev.unifiedproxy.host.Host;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** Authorities, clients and ClientHellos for the tests of this package. */
final class TlsFixtures {
    private TlsFixtures() {}

    static InterceptionAuthority authority(Path directory) {
        return InterceptionAuthority.openOrCreate(directory, InstantSource.system());
    }

    static LeafCertificates leaves(Path directory, TlsProvider provider) {
        return new LeafCertificates(authority(directory), provider, InstantSource.system());
    }

    static Host host(String text) {
        return Host.parse(text);
    }

    /** A client context of the JDK that trusts this certificate alone. */
    static SSLContext clientTrusting(X509Certificate authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** The first flight of the JDK's client. */
    static byte[] jdkClientHello(String serverName) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        out.flip();
        byte[] bytes = new byte[out.remaining()];
        out.get(bytes);
        return bytes;
    }

    /** A TLS 1.3 ClientHello in one record, made by hand so that it can hold any name. */
    static byte[] clientHello(Optional<String> serverName) {
        byte[] x25519Share = new byte[32];
        x25519Share[0] = 9;
        byte[] extensions =
                join(
                        serverName.map(TlsFixtures::serverName).orElse(new byte[0]),
                        new byte[] {0, 43, 0, 3, 2, 3, 4},
                        new byte[] {0, 10, 0, 4, 0, 2, 0, 0x1d},
                        new byte[] {0, 13, 0, 4, 0, 2, 4, 3},
                        new byte[] {0, 51, 0, 38, 0, 36, 0, 0x1d, 0, 32},
                        x25519Share);
        return record(handshake(helloBody(Optional.of(extensions))));
    }

    /** The body of a ClientHello with these bytes as its extensions. */
    static byte[] helloBody(Optional<byte[]> extensions) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {3, 3});
        out.writeBytes(new byte[32]);
        out.write(0);
        out.writeBytes(new byte[] {0, 2, 0x13, 0x01, 1, 0});
        byte[] list = extensions.orElse(new byte[0]);
        out.writeBytes(twoBytes(list.length));
        out.writeBytes(list);
        return out.toByteArray();
    }

    static byte[] serverName(String name) {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0});
        out.writeBytes(twoBytes(text.length + 5));
        out.writeBytes(twoBytes(text.length + 3));
        out.write(0);
        out.writeBytes(twoBytes(text.length));
        out.writeBytes(text);
        return out.toByteArray();
    }

    static byte[] handshake(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(1);
        out.write(body.length >>> 16);
        out.writeBytes(twoBytes(body.length & 0xffff));
        out.writeBytes(body);
        return out.toByteArray();
    }

    static byte[] record(byte[] fragment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {22, 3, 1});
        out.writeBytes(twoBytes(fragment.length));
        out.writeBytes(fragment);
        return out.toByteArray();
    }

    /** The same message in records of at most so many bytes. */
    static byte[] records(byte[] message, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += size) {
            int end = Math.min(at + size, message.length);
            out.writeBytes(record(Arrays.copyOfRange(message, at, end)));
        }
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] twoBytes(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }
}
