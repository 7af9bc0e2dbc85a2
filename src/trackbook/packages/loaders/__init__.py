"""What loads each flavour: these files are also copied into packages, and run there alone.

They import nothing of trackbook, and at their top nothing but the standard library.
"""
