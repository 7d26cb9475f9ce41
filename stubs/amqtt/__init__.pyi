"""What is used of amqtt, which comes without a marker of its types."""
