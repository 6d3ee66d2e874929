enum CentralServerModule {}
