package dev.unifiedproxy.build.planted.audit;

import dev.unifiedproxy.build.planted.credential.Secret;

final class SecretReader {
    String read(Secret secret) {
        return secret.reveal();
    }
}
