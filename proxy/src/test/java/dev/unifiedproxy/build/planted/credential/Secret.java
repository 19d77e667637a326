package dev.unifiedproxy.build.planted.credential;

public final class Secret {
    public String reveal() {
        return "planted";
    }
}
