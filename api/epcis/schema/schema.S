    .section .rodata
    .global reelproof_epcis_schema_begin
    .global reelproof_epcis_schema_end
reelproof_epcis_schema_begin:
    .incbin REELPROOF_EPCIS_SCHEMA
reelproof_epcis_schema_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
