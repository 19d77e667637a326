package dev.unifiedproxy.build.planted.host;

final class HostUtils {}
