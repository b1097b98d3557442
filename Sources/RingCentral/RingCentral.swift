// RingCentral
