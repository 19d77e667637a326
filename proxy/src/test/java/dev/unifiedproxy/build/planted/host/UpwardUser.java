package dev.unifiedproxy.build.planted.host;

import dev.unifiedproxy.build.planted.policy.AuthorizedRequest;

import java.util.List;

final class UpwardUser {
    List<Class<?>> used() {
        return List.of(AuthorizedRequest.class);
    }
}
