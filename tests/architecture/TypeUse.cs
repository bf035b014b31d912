using Mono.Cecil;

namespace MhcPipeline.Architecture.Tests;

/// <summary>A type that uses another of ours, both as the outermost types around whatever was found.</summary>
/// <param name="User">The type whose declaration or code names the other.</param>
/// <param name="Used">The type that it names.</param>
/// <param name="UsedAssembly">The assembly of <paramref name="Used"/>.</param>
internal readonly record struct TypeUse(TypeDefinition User, TypeReference Used, string UsedAssembly);
