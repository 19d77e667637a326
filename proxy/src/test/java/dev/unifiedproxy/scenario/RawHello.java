package dev.unifiedproxy.scenario;

/** ClientHellos made by hand, each character one byte. */
final class RawHello {
    private static final String SUPPORTS =
            // TLS 1.3; x25519; ecdsa_secp256r1_sha256
            "\0+\0\u0003\u0002\u0003\u0004"
                    + "\0\n\0\u0004\0\u0002\0\u001d"
                    + "\0\r\0\u0004\0\u0002\u0004\u0003"
                    + "\0"
                    + "3\0&\0$\0\u001d\0 \t"
                    + "\0".repeat(31);

    /** encrypted_client_hello, outer; what it holds is of no use to anybody. */
    private static final String ENCRYPTED =
            "\u00fe\r\0\u000e\0\0\u0001\0\u0001\u0007\0\0\0\u0004" + "abcd";

    private RawHello() {}

    /** One that asks for this name. */
    static String of(String name) {
        return hello(serverName(name) + SUPPORTS);
    }

    /** One with another inside that nobody here can read. */
    static String withEncryptedHello(String name) {
        return hello(ENCRYPTED + serverName(name) + SUPPORTS);
    }

    private static String serverName(String name) {
        String entry = "\0" + counted(name);
        return "\0\0" + counted(counted(entry));
    }

    private static String hello(String extensions) {
        String body =
                "\u0003\u0003"
                        + "\0".repeat(33)
                        + "\0\u0002\u0013\u0001\u0001\0"
                        + counted(extensions);
        return "\u0016\u0003\u0001" + counted("\u0001\0" + counted(body));
    }

    private static String counted(String text) {
        return "" + (char) (text.length() >>> 8) + (char) (text.length() & 0xff) + text;
    }
}
